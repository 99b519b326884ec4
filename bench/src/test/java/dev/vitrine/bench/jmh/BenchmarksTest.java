package dev.vitrine.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.viz.cam.CamMap;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks run, check what they time, and count. */
final class BenchmarksTest {

  private static Collection<RunResult> run(Class<?> benchmark) throws RunnerException {
    return new Runner(
            new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .param("model", "vgg16-tiny")
                .forks(0)
                .warmupIterations(1)
                .warmupTime(TimeValue.milliseconds(100))
                .measurementIterations(2)
                .measurementTime(TimeValue.milliseconds(100))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .jvmArgs("-Djmh.ignoreLock=true")
                .addProfiler(NativeBytes.class)
                .build())
        .run();
  }

  private static Result<?> only(Collection<RunResult> results, String secondary) {
    RunResult result = results.iterator().next();
    return secondary == null
        ? result.getPrimaryResult()
        : result.getSecondaryResults().get(secondary);
  }

  @Test
  void jmhRunsANetworkAndCountsItsNativeMemory() throws RunnerException {
    System.setProperty("jmh.ignoreLock", "true");
    for (Class<?> benchmark : new Class<?>[] {ForwardBenchmark.class, GradientBenchmark.class}) {
      Collection<RunResult> results = run(benchmark);
      assertThat(results).hasSize(1);
      assertThat(only(results, null).getScore()).isPositive();
      assertThat(only(results, "native.held").getScore()).isGreaterThan(1e6);
      assertThat(only(results, "native.growth").getScore()).as(benchmark.getName()).isZero();
    }
  }

  @Test
  void aConvolutionIsHeldAgainstSumsInDouble() {
    ConvolutionBenchmark convolution = new ConvolutionBenchmark();
    convolution.device = "cpu";
    convolution.layer = "block5_conv1";
    convolution.batch = 2;
    convolution.setUp();
    convolution.tearDown();
  }

  @Test
  void methodsAreCheckedBeforeTheyAreTimed() {
    MethodBenchmark methods = new MethodBenchmark();
    methods.device = "cpu";
    methods.model = "squeezenet";
    methods.setUp();
    CamMap map = methods.gradCam();
    assertThat(map.h() * map.w()).isEqualTo(map.values().length);
    methods.tearDown();
  }

  @Test
  void whoRunsForwardPassesAloneIsNotAskedForGradients() {
    GradientBenchmark.Case c = new GradientBenchmark.Case();
    c.backend = "nobody";
    c.model = "vgg16-tiny";
    c.batch = 1;
    assertThatThrownBy(c::setUp)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("backend 'nobody' is not known");
  }

  @Test
  void theLauncherMustBeKnown() {
    assertThatThrownBy(new StartBenchmark()::setUp)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("-Dvitrine.home=");
  }
}
