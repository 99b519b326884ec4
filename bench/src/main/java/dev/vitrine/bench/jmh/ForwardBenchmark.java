package dev.vitrine.bench.jmh;

import dev.vitrine.bench.contest.Contender;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** A network's forward pass, images in place and logits left in place. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class ForwardBenchmark {

  /** Everyone's network. */
  public static class Case extends Contest {
    @Override
    boolean needsGradients() {
      return false;
    }

    @Override
    void step(Contender contender) {
      contender.forward();
    }
  }

  /** One pass. */
  @Benchmark
  public void forward(Case c) {
    c.step();
  }
}
