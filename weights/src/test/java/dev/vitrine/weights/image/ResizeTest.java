package dev.vitrine.weights.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.array.Npy;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ResizeTest {
  private static final Map<String, Npy> GOLDENS = Goldens.archive("resize.npz");

  @ParameterizedTest
  @EnumSource(Resize.class)
  void theResultIsPillowsToTheBit(Resize resize) {
    int cases = 0;
    for (; GOLDENS.containsKey(cases + "-input"); cases++) {
      Picture input = Goldens.picture(GOLDENS.get(cases + "-input"));
      Picture expected = Goldens.picture(GOLDENS.get(cases + "-" + resize));
      Picture result = resize.apply(input, expected.height(), expected.width());
      assertThat(Goldens.distance(result, expected))
          .as("case %d, %s of %s to %s", cases, resize, input, expected)
          .isZero();
    }
    assertThat(cases).isEqualTo(10);
  }

  @ParameterizedTest
  @EnumSource(Resize.class)
  void aPictureOfTheRightSizeIsNotResampled(Resize resize) {
    Picture input = Goldens.picture(GOLDENS.get("0-input"));
    assertThat(resize.apply(input, 13, 17)).isSameAs(input);
  }

  @Test
  void aCropSeesTheMiddleAndTheOthersSeeEverything() {
    assertThat(Resize.BILINEAR.seen(300, 451, 227, 227))
        .isEqualTo(new Resize.Region(0, 0, 300, 451));
    Resize.Region region = Resize.CROP.seen(300, 451, 227, 227);
    assertThat(region.top()).isZero();
    assertThat(region.height()).isCloseTo(300, within(1e-9));
    assertThat(region.width()).isCloseTo(300, within(0.5));
    assertThat(region.left()).isCloseTo(75.5, within(0.5));
    assertThat(Resize.CROP.seen(64, 64, 64, 64)).isEqualTo(new Resize.Region(0, 0, 64, 64));
  }

  @ParameterizedTest
  @EnumSource(Resize.class)
  void aNameIsReadAsItIsWritten(Resize resize) {
    assertThat(Resize.parse(resize.toString())).isEqualTo(resize);
  }

  @Test
  void anUnknownNameListsTheKnownOnes() {
    assertThatThrownBy(() -> Resize.parse("lanczos"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("lanczos")
        .hasMessageContaining("bilinear, bicubic, nearest, crop");
  }
}
