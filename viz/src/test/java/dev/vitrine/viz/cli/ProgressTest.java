package dev.vitrine.viz.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private void await(String part) throws InterruptedException {
    while (!written().contains(part)) {
      Thread.sleep(10);
    }
  }

  @Test
  void theBarSaysHowFarItIsAndGoesAwayAtTheEnd() throws InterruptedException {
    try (Progress progress =
        Progress.of(
            "vgg16", 100_000_000, 500_000_000, Progress.Unit.MEGABYTES, out, Duration.ZERO)) {
      progress.to(250_000_000);
      await("50%");
    }
    assertThat(written()).contains("vgg16", "250/500 MB").endsWith(" \r").doesNotContain("\n");
    for (String line : written().split("\r")) {
      assertThat(line.length()).isLessThan(80);
    }
  }

  @Test
  void aLineAboveTheBarStandsAlone() throws InterruptedException {
    try (Progress progress = Progress.of("maps", 0, 4, Progress.Unit.STEPS, out, Duration.ZERO)) {
      progress.step();
      await("25%");
      progress.note("a word");
      await("vitrine: a word");
    }
    assertThat(written()).contains(" \rvitrine: a word" + System.lineSeparator());
  }

  @Test
  void shortWorkShowsNoBar() {
    try (Progress progress =
        Progress.of("maps", 0, 4, Progress.Unit.STEPS, out, Duration.ofMinutes(1))) {
      progress.to(4);
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void theLaunchersWordOnTheTerminalCounts() {
    String before = System.getProperty("vitrine.terminal");
    try {
      System.setProperty("vitrine.terminal", "true");
      assertThat(Progress.isTerminal()).isTrue();
      System.setProperty("vitrine.terminal", "false");
      assertThat(Progress.isTerminal()).isFalse();
    } finally {
      if (before == null) {
        System.clearProperty("vitrine.terminal");
      } else {
        System.setProperty("vitrine.terminal", before);
      }
    }
  }
}
