package dev.vitrine.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.bench.Vgg16;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GoalsTest {

  private static Finding finding(Samples samples, String what) {
    List<Finding> found =
        new Goals(samples.results(), 2)
            .findings().stream().filter(f -> (f.what() + "$").startsWith(what)).toList();
    assertThat(found).as(what).hasSize(1);
    return found.get(0);
  }

  /** 15.347 billion multiplications, as VGG16's tables have it. */
  @Test
  void theConvolutionsTakeVgg16sOperations() {
    double sum =
        Vgg16.distinctConvolutions().stream()
            .mapToDouble(c -> Vgg16.times(c) * Goals.operations(c))
            .sum();
    assertThat(sum).isCloseTo(2 * 15.347e9, within(1e6));
  }

  @Test
  void theFloorIsArithmeticAndReading() {
    Goals goals = new Goals(new Samples().machine().results(), 2);
    assertThat(goals.peak()).isCloseTo(1e12, within(1.0));
    assertThat(goals.bandwidth()).isCloseTo(1e11, within(1.0));
    assertThat(goals.floor("forward")).isCloseTo(30.69 + 4.95, within(0.02));
    assertThat(goals.floor("gradient")).isCloseTo(2 * (30.69 + 4.95), within(0.04));
  }

  @Test
  void aRatioIsTakenRoundByRoundSoThatASlowRoundHarmsNobody() {
    Samples samples = new Samples();
    for (int round = 0; round < 3; round++) {
      double slow = round == 1 ? 10 : 1;
      samples
          .network("forward", "vitrine", "vgg16", 1, round, 300 * slow, 100 * slow, 99 * slow)
          .network("forward", "pytorch", "vgg16", 1, round, (140 + 10 * round) * slow);
    }
    Finding finding = finding(samples, "vgg16 forward, batch 1: times as fast as pytorch$");
    assertThat(finding.measured()).isEqualTo("1.50 (1.40-1.60)");
    assertThat(finding.goal()).isEqualTo("at least 1.4");
    assertThat(finding.met()).isTrue();
  }

  @Test
  void aGoalThatIsNotReachedIsMissed() {
    Samples samples =
        new Samples()
            .network("forward", "vitrine", "squeezenet", 1, 0, 10)
            .network("forward", "onnxruntime", "squeezenet", 1, 0, 9);
    Finding finding = finding(samples, "squeezenet forward, batch 1: times as fast as onnx");
    assertThat(finding.measured()).isEqualTo("0.90");
    assertThat(finding.verdict()).isEqualTo("MISSED");
  }

  @Test
  void whatWasNotMeasuredIsNotJudged() {
    for (Finding finding : new Goals(new Results(List.of()), 2).findings()) {
      assertThat(finding.met()).as(finding.what()).isNull();
      assertThat(finding.measured()).isEqualTo("-");
      assertThat(finding.verdict()).isEqualTo("not measured");
    }
  }

  @Test
  void theConvolutionsShareIsTheOneOfTheirSum() {
    Samples samples =
        new Samples().machine().convolutions("forward", 0.95).convolutions("backwardData", 0.5);
    assertThat(finding(samples, "vgg16's convolutions, forward"))
        .isEqualTo(
            new Finding(
                "vgg16's convolutions, forward: share of the measured peak",
                "95 %",
                "at least 90 %",
                true));
    assertThat(finding(samples, "vgg16's convolutions, backwardData").met()).isFalse();
  }

  @Test
  void packingIsWhatTheFirstRunTakesLonger() {
    Samples samples =
        new Samples()
            .add("LoadingBenchmark.read", "", 200)
            .add("LoadingBenchmark.readToKeep", "", 250)
            .add("LoadingBenchmark.load", "", 300)
            .add("LoadingBenchmark.firstRun", "", 200)
            .add("LoadingBenchmark.run", "", 100);
    assertThat(new Goals(samples.results(), 2).packing()).isEqualTo(100);
    Finding buffer =
        finding(samples, "loading VGG16 and packing it: times reading its file through");
    assertThat(buffer.measured()).isEqualTo("1.33"); // (300 + 100) / (200 + 100)
    assertThat(buffer.met()).isFalse();
    Finding memory = finding(samples, "loading VGG16 and packing it: times reading its file into");
    assertThat(memory.measured()).isEqualTo("1.14"); // (300 + 100) / (250 + 100)
    assertThat(memory.met()).isTrue();
  }

  @Test
  void aGraetzChannelIsHeldAgainstItsBarePasses() {
    Samples samples =
        new Samples()
            .add("GraetzBenchmark.channel", "model=vgg16", 1090)
            .add("GraetzBenchmark.barePasses", "model=vgg16", 1000)
            .add("GraetzBenchmark.channel", "model=squeezenet", 1200)
            .add("GraetzBenchmark.barePasses", "model=squeezenet", 1000);
    assertThat(finding(samples, "vgg16, a Graetz channel").met()).isTrue();
    assertThat(finding(samples, "squeezenet, a Graetz channel").met()).isFalse();
  }

  @Test
  void ratiosOfOtherWorkloadsOrThreadsDoNotCount() {
    Samples samples =
        new Samples()
            .network("forward", "vitrine", "vgg16", 16, 0, 10)
            .add("ForwardBenchmark.forward", 0, 1, "backend=vitrine model=vgg16 batch=1 size=0", 9)
            .network("forward", "pytorch", "vgg16", 1, 0, 30);
    assertThat(finding(samples, "vgg16 forward, batch 1: times as fast as pytorch$").met())
        .isNull();
    Results.Key all = new Results.Key("ForwardBenchmark.forward", Map.of(), 2);
    assertThat(samples.results().of(all)).hasSize(2);
  }
}
