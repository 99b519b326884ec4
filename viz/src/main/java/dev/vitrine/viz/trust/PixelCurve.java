package dev.vitrine.viz.trust;

import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntConsumer;

/**
 * What becomes of a score when pixels are taken away, or put back, in the order in which a map
 * ranks them (Petsiuk, Das and Saenko, "RISE", 2018). Deletion starts from the image and covers the
 * most important pixels first: the lower the area under the curve, the better the map. Insertion
 * starts from the cover, usually the image blurred, and uncovers them: the higher, the better.
 *
 * @param shares of the pixels that are changed, from 0 to 1
 * @param scores the objective's value at each
 */
public record PixelCurve(double[] shares, double[] scores) {

  /** Taking pixels away. */
  public static PixelCurve deletion(
      Subject subject, float[] map, float[] cover, int steps, IntConsumer progress) {
    return of(subject, map, subject.input(), cover, steps, progress);
  }

  /** Putting pixels back. */
  public static PixelCurve insertion(
      Subject subject, float[] map, float[] cover, int steps, IntConsumer progress) {
    return of(subject, map, cover, subject.input(), steps, progress);
  }

  /** The same in multiples of a value. */
  public PixelCurve over(double value) {
    return new PixelCurve(shares, Arrays.stream(scores).map(s -> s / value).toArray());
  }

  /** The area under the curve by trapezoids, in units of the score. */
  public double area() {
    double area = 0;
    for (int i = 1; i < shares.length; i++) {
      area += (shares[i] - shares[i - 1]) * (scores[i] + scores[i - 1]) / 2;
    }
    return area;
  }

  private static PixelCurve of(
      Subject subject, float[] map, float[] from, float[] to, int steps, IntConsumer progress) {
    int pixels = subject.height() * subject.width();
    if (map.length != pixels || from.length != to.length || steps < 1) {
      throw new IllegalArgumentException(
          "a map of %d values for %d pixels, in %d steps".formatted(map.length, pixels, steps));
    }
    Integer[] order = new Integer[pixels];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing((Integer i) -> map[i]).reversed());
    int[] rank = new int[pixels];
    for (int i = 0; i < pixels; i++) {
      rank[order[i]] = i;
    }
    int c = subject.channels();
    double[] shares = new double[steps + 1];
    double[] scores =
        new Batches(subject, progress)
            .values(
                steps + 1,
                (k, batch, offset) -> {
                  long changed = (long) pixels * k / steps;
                  shares[k] = (double) changed / pixels;
                  for (int i = 0; i < from.length; i++) {
                    batch[offset + i] = rank[i / c] < changed ? to[i] : from[i];
                  }
                });
    return new PixelCurve(shares, scores);
  }
}
