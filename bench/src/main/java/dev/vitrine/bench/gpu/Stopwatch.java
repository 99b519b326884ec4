package dev.vitrine.bench.gpu;

import java.util.Arrays;

/** Times work that a device does in the background. */
final class Stopwatch {
  private static final int ROUNDS = 5;
  private static final int MOST_RUNS = 200;

  private final Runnable finish;
  private final double roundMillis;

  /**
   * A stopwatch.
   *
   * @param finish waits for everything that was asked for
   * @param roundMillis about how long one round is
   */
  Stopwatch(Runnable finish, double roundMillis) {
    this.finish = finish;
    this.roundMillis = roundMillis;
  }

  /** Milliseconds per run, after a warm-up: the median of five rounds of many runs each. */
  double millis(Runnable work) {
    round(work, 2);
    double once = round(work, 1);
    int runs = (int) Math.max(1, Math.min(MOST_RUNS, roundMillis / Math.max(once, 1e-4)));
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      rounds[i] = round(work, runs) / runs;
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  private double round(Runnable work, int runs) {
    finish.run();
    long begin = System.nanoTime();
    for (int i = 0; i < runs; i++) {
      work.run();
    }
    finish.run();
    return (System.nanoTime() - begin) / 1e6;
  }
}
