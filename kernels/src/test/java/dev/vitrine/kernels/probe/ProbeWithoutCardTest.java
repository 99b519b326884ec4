package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeWithoutCardTest {
  @Test
  void everySectionSaysSomethingAndTheProbeGoesOn() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      // A card that no machine has: the same lines with and without a driver.
      int code = GpuProbe.run("--device=99", "--layers=block5_conv1", "--python=no-such-python");
      assertThat(code).isEqualTo(1);
    } finally {
      System.setOut(out);
    }
    String[] lines = printed.toString(StandardCharsets.UTF_8).split("\\R");
    for (Section section : Section.values()) {
      List<ProbeLine> said =
          Arrays.stream(lines)
              .flatMap(line -> ProbeLine.parse(line).stream())
              .filter(line -> line.section() == section)
              .toList();
      assertThat(said).as(section.label()).anyMatch(l -> l.verdict() == Verdict.MISSING);
      assertThat(said).as(section.label()).noneMatch(l -> l.verdict() == Verdict.FAILED);
    }
    assertThat(lines[lines.length - 1]).startsWith("pytorch ");
  }
}
