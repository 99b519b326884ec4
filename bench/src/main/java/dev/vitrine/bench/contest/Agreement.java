package dev.vitrine.bench.contest;

import java.util.Locale;
import java.util.Map;

/**
 * Holds the competitors' answers against each other before anything is timed.
 *
 * @param what is compared
 * @param tolerance how large the distance of two answers may be, by the length of the first: {@code
 *     |a - b| / |a|}, Euclidean
 */
public record Agreement(String what, double tolerance) {
  private static final int PAIRS = 5;

  /** Of outputs: sums of float32 in another order. */
  public static final Agreement OF_OUTPUTS = new Agreement("output", 1e-4);

  /**
   * Of gradients at the images of whole networks: under another rounding some ReLUs near zero and
   * some ties of a pooling turn over.
   */
  public static final Agreement OF_GRADIENTS = new Agreement("gradient at the images", 2e-2);

  /**
   * Compares each answer with the first.
   *
   * @throws IllegalStateException if two differ, with the largest differences
   */
  public void check(String workload, Map<String, float[]> answers) {
    String first = null;
    for (String name : answers.keySet()) {
      if (first == null) {
        first = name;
        checkAlive(workload, name, answers.get(name));
      } else {
        check(workload, first, answers.get(first), name, answers.get(name));
      }
    }
  }

  /** Nothing agrees with everything. */
  private void checkAlive(String workload, String name, float[] a) {
    double sum = 0;
    for (float value : a) {
      sum += (double) value * value;
    }
    if (!(sum > 0) || Double.isInfinite(sum)) {
      throw new IllegalStateException(
          "%s: the %s of %s is zero or no number, so it can't be compared"
              .formatted(workload, what, name));
    }
  }

  private void check(String workload, String one, float[] a, String other, float[] b) {
    if (a.length != b.length) {
      throw new IllegalStateException(
          "%s: the %s has %d numbers by %s, %d by %s"
              .formatted(workload, what, a.length, one, b.length, other));
    }
    double squares = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      length += (double) a[i] * a[i];
    }
    double distance = Math.sqrt(squares / length);
    if (!(distance <= tolerance)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%s: %s and %s do not agree on the %s: distance %.3g of its length, %.3g allowed;%s",
              workload,
              one,
              other,
              what,
              distance,
              tolerance,
              pairs(a, b)));
    }
  }

  /** The first that differ. */
  private String pairs(float[] a, float[] b) {
    StringBuilder text = new StringBuilder();
    int shown = 0;
    for (int i = 0; i < a.length && shown < PAIRS; i++) {
      if (!(Math.abs(a[i] - b[i]) <= tolerance * Math.abs(a[i]))) {
        text.append(String.format(Locale.ROOT, " [%d] %.6g and %.6g", i, a[i], b[i]));
        shown++;
      }
    }
    return text.toString();
  }
}
