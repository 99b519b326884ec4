package dev.vitrine.bench.jmh;

import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What a benchmark's native memory, live and pooled, grows by in an iteration: {@code
 * native.growth}. JMH's own profiler {@code gc} tells of the heap.
 */
public final class NativeBytes implements InternalProfiler {
  private static volatile LongSupplier counter = () -> -1;

  private long before;

  /** Says where the bytes are counted; a negative number if they are not. */
  static void of(LongSupplier counter) {
    NativeBytes.counter = counter;
  }

  @Override
  public String getDescription() {
    return "growth of native memory in an iteration";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = counter.getAsLong();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long after = counter.getAsLong();
    return before < 0 || after < 0
        ? List.of()
        : List.of(
            new ScalarResult("native.growth", after - before, "B", AggregationPolicy.MAX),
            new ScalarResult("native.held", after, "B", AggregationPolicy.MAX));
  }
}
