package dev.vitrine.engine;

import java.util.Locale;

/** Compares arrays, and says where they part. */
public final class Agreement {
  private Agreement() {}

  /**
   * Fails if an element is further from what it should be than {@code tolerance} times the larger
   * of 1 and its size: with what was compared, the largest error and the first five bad pairs.
   */
  public static void check(String what, double[] found, double[] expected, double tolerance) {
    if (found.length != expected.length) {
      throw new AssertionError(
          what + ": " + found.length + " elements, expected " + expected.length);
    }
    double largest = 0;
    int bad = 0;
    StringBuilder pairs = new StringBuilder();
    for (int i = 0; i < found.length; i++) {
      double error = Math.abs(found[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
      if (!(error <= tolerance) && Double.compare(found[i], expected[i]) != 0) {
        largest = Double.isNaN(error) ? Double.NaN : Math.max(largest, error);
        if (bad++ < 5) {
          pairs.append(
              String.format(Locale.ROOT, "%n  [%d] %.9g, not %.9g", i, found[i], expected[i]));
        }
      }
    }
    if (bad > 0) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "%s: %d of %d are off by more than %.1g, the largest error is %.3g%s",
              what,
              bad,
              found.length,
              tolerance,
              largest,
              pairs));
    }
  }

  public static double inner(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
