package dev.vitrine.viz.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChannelListTest {
  @Test
  void numbersAndRangesAreTakenInTheirOrderAndOnce() {
    assertThat(ChannelList.parse("3")).containsExactly(3);
    assertThat(ChannelList.parse("0-63")).hasSize(64).startsWith(0, 1).endsWith(63);
    assertThat(ChannelList.parse("5, 2-4,3,63-63")).containsExactly(5, 2, 3, 4, 63);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "3-1", "1-", "-1", "1,,2", "1;2", "99999999999"})
  void whatIsNoListIsRefused(String text) {
    assertThatThrownBy(() -> ChannelList.parse(text))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("channels '" + text + "'")
        .hasMessageContaining("0-63");
  }
}
