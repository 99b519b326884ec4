package dev.vitrine.bench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long a number takes from one thread to another, in nanoseconds: some 25 where their
 * processors share a cache, some 200 where they do not. A virtual machine's processors may move
 * from the one to the other at any time, and a layer whose input another thread has written takes
 * up to twice as long then. Run by one thread, which brings the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HandoverBenchmark {
  private static final int TURNS = 1000;

  private volatile long ball;
  private volatile boolean over;
  private Thread partner;

  /** Starts the partner, who answers each number with the next one. */
  @Setup
  public void start() {
    partner = new Thread(this::answer);
    partner.setDaemon(true);
    partner.start();
  }

  private void answer() {
    while (!over) {
      long seen = ball;
      if ((seen & 1) == 1) {
        ball = seen + 1;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** There and back, many times. */
  @Benchmark
  @OperationsPerInvocation(2 * TURNS)
  public long handover() {
    for (int i = 0; i < TURNS; i++) {
      long sent = ball + 1;
      ball = sent;
      while (ball == sent) {
        Thread.onSpinWait();
      }
    }
    return ball;
  }

  /** Ends the partner. */
  @TearDown
  public void stop() throws InterruptedException {
    over = true;
    partner.join();
  }
}
