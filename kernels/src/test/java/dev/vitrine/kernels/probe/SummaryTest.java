package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private static ProbeLine line(Verdict verdict, String text) {
    return new ProbeLine(Section.CONVOLUTION, verdict, text);
  }

  private static ProbeLine sum(String layout, double forward, double data) {
    SumRow row =
        new SumRow(
            "cudnn",
            1,
            layout,
            "float32",
            "deterministic",
            Map.of(Direction.FORWARD, forward, Direction.DATA, data));
    return line(Verdict.SUM, row.text());
  }

  @Test
  void aLineIsReadBackAsItWasWritten() {
    ProbeLine line = line(Verdict.FAILED, "block1_conv1:  two  words");
    assertThat(ProbeLine.parse(line.toString())).contains(line);
    assertThat(ProbeLine.parse("# A fatal error has been detected")).isEmpty();
    assertThat(ProbeLine.parse("convolution sure this is nothing")).isEmpty();
  }

  @Test
  void aMessageOfSeveralLinesBecomesOne() {
    assertThat(line(Verdict.FAILED, "first\n  second\r\nthird\n").text())
        .isEqualTo("first / second / third");
  }

  @Test
  void aSumIsReadBackAsItWasWritten() {
    SumRow row = new SumRow("fused", 32, "nhwc", "tf32", "fused", Map.of(Direction.FORWARD, 1.25));
    assertThat(SumRow.parse(row.text())).contains(row);
    assertThat(row.text()).endsWith("forward=1.250 data=- weights=-");
    assertThat(row.forwardAndData()).isEmpty();
  }

  @Test
  void theFasterLayoutIsNamedByForwardAndDataTogether() {
    List<String> lines =
        Summary.of(List.of(sum("nhwc", 3, 1.5), sum("nchw", 2, 2)), Map.of()).lines();
    assertThat(lines)
        .anyMatch(l -> l.startsWith("Layout for float32, batch 1: nchw (") && l.contains("4.500"));
  }

  @Test
  void noLayoutIsNamedWhereOneOfThemHasNoSum() {
    assertThat(Summary.of(List.of(sum("nhwc", 3, 1.5)), Map.of()).lines())
        .noneMatch(l -> l.startsWith("Layout"));
  }

  @Test
  void theSectionsLinesAreCountedByVerdict() {
    List<ProbeLine> lines =
        List.of(line(Verdict.OK, "a"), line(Verdict.OK, "b"), line(Verdict.MISSING, "c"));
    assertThat(Summary.of(lines, Map.of(Section.CONVOLUTION, 1.25)).lines())
        .anyMatch(l -> l.matches("convolution +2 +0 +1 +0 +1\\.[23]"));
  }

  @Test
  void onlyAllRightIsExitCodeZero() {
    ProbeLine right = line(Verdict.OK, "a");
    assertThat(Summary.exitCode(List.of(right, sum("nhwc", 1, 1)))).isZero();
    assertThat(Summary.exitCode(List.of(right, line(Verdict.SKIPPED, "b")))).isEqualTo(1);
    assertThat(Summary.exitCode(List.of(right, line(Verdict.MISSING, "b")))).isEqualTo(1);
    assertThat(Summary.exitCode(List.of(right, line(Verdict.FAILED, "b")))).isEqualTo(1);
    assertThat(Summary.exitCode(List.of())).isEqualTo(1);
  }
}
