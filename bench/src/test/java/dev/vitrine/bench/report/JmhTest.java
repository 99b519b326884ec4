package dev.vitrine.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.bench.contest.Vitrine;
import java.util.List;
import org.junit.jupiter.api.Test;

final class JmhTest {

  @Test
  void aMeasurementIsReadFromJmhsJson() throws Exception {
    Measurement m =
        Measurement.of(
            new ObjectMapper()
                .readTree(
                    """
                    {"benchmark": "dev.vitrine.bench.jmh.ForwardBenchmark.forward",
                     "params": {"backend": "vitrine", "batch": "16"},
                     "primaryMetric": {"score": 5.5, "rawData": [[7.0, 4.0], [6.0, 5.0]]},
                     "secondaryMetrics": {"gc.alloc.rate.norm": {"score": 1234.5},
                                          "native.growth": {"score": 64.0},
                                          "native.held": {"score": 1e6}}}
                    """),
            2,
            3);
    assertThat(m.benchmark()).isEqualTo("ForwardBenchmark.forward");
    assertThat(m.parameter("batch")).isEqualTo("16");
    assertThat(m.threads()).isEqualTo(2);
    assertThat(m.round()).isEqualTo(3);
    assertThat(m.scores()).containsExactly(7, 4, 6, 5);
    assertThat(m.median()).isEqualTo(5.5);
    assertThat(m.heap()).isEqualTo(1234.5);
    assertThat(m.growth()).isEqualTo(64);
    assertThat(m.held()).isEqualTo(1e6);
  }

  @Test
  void theReasonOfAFailureIsWhatTheBenchmarkThrew() {
    String said =
        """
        # Fork: 1 of 1
        <failure>

        java.lang.IllegalStateException: vgg16, batch 1: vitrine and pytorch do not agree
        \tat dev.vitrine.bench.contest.Agreement.check(Agreement.java:1)

        ERROR: org.openjdk.jmh.runner.RunnerException: Benchmark caught the exception
        """;
    assertThat(Jmh.reason(said)).isEqualTo("vgg16, batch 1: vitrine and pytorch do not agree");
    assertThat(Jmh.reason("one\n\ntwo\n")).isEqualTo("one; two");
  }

  @Test
  void bothPlansMeasureEveryGoal() {
    for (Plan plan :
        List.of(Plan.brief(List.of(Vitrine.CPU)), Plan.thorough(List.of(Vitrine.CPU)))) {
      assertThat(plan.items())
          .extracting(Plan.Item::name)
          .contains(
              "machine",
              "networks-forward",
              "networks-gradient",
              "convolutions",
              "methods",
              "graetz",
              "loading",
              "start",
              "size-forward",
              "batch-gradient",
              "threads-forward");
    }
  }
}
