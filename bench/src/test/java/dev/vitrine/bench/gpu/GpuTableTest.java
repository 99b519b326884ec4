package dev.vitrine.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class GpuTableTest {

  private static List<String> table(String log) {
    return GpuTable.of(log.lines().toList());
  }

  @Test
  void theCardComesFirstAndTestsAreCounted() {
    List<String> table =
        table(
            """
            card    ok      text=Some Card, 80.0 GB
            == tests (90 s)
            Test run finished after 2164 ms
            [        12 containers found      ]
            [       101 tests successful      ]
            [         2 tests failed          ]
            [         0 tests aborted         ]
            part    failed  name=tests exit=1 seconds=9
            part    skipped name=fp32
            part    failed  name=kernels exit=124 seconds=60
            """);
    assertThat(table)
        .containsExactly(
            "Some Card, 80.0 GB",
            "tests      failed with exit code 1",
            "fp32       skipped for want of time",
            "kernels    failed after its time was up",
            "tests      101 successful, 2 failed");
  }

  @Test
  void kernelsBelowTheGoalAreNamedSlowestFirst() {
    assertThat(
            table(
                """
                copy    ok      gbs=4000.0
                kernel  ok      name=relu ms=0.1 gbs=3200.0 of_copy=0.800
                kernel  ok      name=pad ms=0.1 gbs=2800.0 of_copy=0.700
                kernel  ok      name=warp ms=0.1 gbs=400.0 of_copy=0.100
                kernel  skipped name=adam
                """))
        .containsExactly(
            "no card",
            "kernels    1 of 3 reach 80 % of a copy's 4000 GB/s",
            "  below    warp                                 10 %",
            "  below    pad                                  70 %");
  }

  @Test
  void withoutACopyNoKernelIsJudged() {
    assertThat(table("kernel  ok      name=relu ms=0.1 gbs=3.2 of_copy=NaN"))
        .containsExactly("no card", "kernels    1 measured, and no copy to hold them against");
  }

  @Test
  void theRatioIsOursToTheFasterEagerPyTorch() {
    String common = "batch=1 precision=fp32 pass=gradient logits=10.0 gradient=2.0";
    List<String> table =
        table(
            """
            vgg16   ok      mode=plain ms=4.0 %1$s
            vgg16   ok      mode=graph ms=2.0 %1$s
            pytorch ok      mode=eager ms=5.0 %1$s
            pytorch ok      mode=eager_channels_last ms=3.0 %1$s
            pytorch ok      mode=compiled ms=2.5 %1$s
            """
                .formatted(common));
    assertThat(table.get(2).split(" +"))
        .containsExactly(
            "fp32", "1", "gradient", "4.000", "2.000", "3.000", "2.500", "1.500", "1.3", "met");
  }

  @Test
  void aMissedGoalAndADisagreementStandOut() {
    List<String> table =
        table(
            """
            vgg16   ok      mode=graph ms=4.0 batch=32 precision=tf32 pass=gradient logits=10 gradient=2
            pytorch ok      mode=eager ms=3.0 batch=32 precision=tf32 pass=gradient logits=10 gradient=3
            """);
    assertThat(table.get(2)).contains("0.750").contains("1.0 MISSED").contains("gradient DISAGREE");
  }

  @Test
  void aLineIsReadAsItIsWritten() {
    String line = "vgg16   ok      batch=1 ms=0.1234 text=a b c";
    assertThat(BenchLine.parse(line).orElseThrow()).hasToString(line);
    assertThat(BenchLine.parse("WARNING: batch=1")).isEmpty();
  }
}
