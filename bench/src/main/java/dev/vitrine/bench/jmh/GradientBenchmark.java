package dev.vitrine.bench.jmh;

import dev.vitrine.bench.contest.Contender;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** A network's forward pass and the gradient at its images. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class GradientBenchmark {

  /** The network of everyone who can be asked for gradients. */
  public static class Case extends Contest {
    @Override
    boolean needsGradients() {
      return true;
    }

    @Override
    void step(Contender contender) {
      contender.gradient();
    }
  }

  /** Both passes. */
  @Benchmark
  public void gradient(Case c) {
    c.step();
  }
}
