package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SectionProcessTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Report report = new Report(new PrintStream(printed, true, StandardCharsets.UTF_8));

  private static ProcessBuilder speaking(String argument) {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        SpeakingProcess.class.getName(),
        argument);
  }

  @Test
  void aProcessThatCrashesKeepsTheLinesThatItHadSaid() throws IOException {
    assertThat(SectionProcess.relay(speaking("139"), 60, Section.GRAPH, report)).contains(139);
    assertThat(report.lines())
        .containsExactly(new ProbeLine(Section.GRAPH, Verdict.OK, "a line before the end"));
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("  a library's warning");
  }

  @Test
  void aProcessThatHangsIsEndedAndKeepsItsLines() throws IOException {
    long begin = System.nanoTime();
    assertThat(SectionProcess.relay(speaking("hang"), 4, Section.GRAPH, report)).isEmpty();
    assertThat((System.nanoTime() - begin) / 1e9).isLessThan(30);
    assertThat(report.lines()).hasSize(1);
  }
}
