package dev.vitrine.weights.image;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/**
 * Resampling as Pillow does it: one pass along the rows, of a picture rounded to 8 bits, then one
 * along the columns. Output pixel i looks at the input around (i + 1/2) scale, scale = in / out,
 * with weights filter((j + 1/2 - (i + 1/2) scale) / max(scale, 1)) that are brought to the sum 1
 * and rounded to 22 bits after the point.
 */
public final class Resampling {
  private static final int FRACTION_BITS = 22;

  /** A filter and the distance from its centre beyond which it is zero. */
  public enum Filter {
    TRIANGLE(1, x -> Math.max(0, 1 - Math.abs(x))),
    CUBIC(2, Resampling::keys);

    private final double support;
    private final DoubleUnaryOperator weight;

    Filter(double support, DoubleUnaryOperator weight) {
      this.support = support;
      this.weight = weight;
    }
  }

  /** The weights of one axis: output i is the sum of weights[i][j] times input first[i] + j. */
  private record Taps(int[] first, double[][] weights) {
    int[] fixedPoint(int i) {
      int[] fixed = new int[weights[i].length];
      for (int j = 0; j < fixed.length; j++) {
        double scaled = weights[i][j] * (1 << FRACTION_BITS);
        fixed[j] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
      return fixed;
    }
  }

  private Resampling() {}

  static Picture apply(Picture picture, int height, int width, Filter filter) {
    byte[] rgb = picture.shared();
    if (width != picture.width()) {
      rgb = rows(rgb, picture.height(), picture.width(), taps(picture.width(), width, filter));
    }
    if (height != picture.height()) {
      rgb = columns(rgb, width, taps(picture.height(), height, filter));
    }
    return Picture.owning(height, width, rgb);
  }

  /**
   * A map of one channel at another size; pixel centres lie at halves, so that its borders stay
   * where they are. The cubic filter may go a little beyond the smallest and the largest value.
   *
   * @param map [fromHeight, fromWidth]
   * @return [height, width]
   */
  public static float[] map(
      float[] map, int fromHeight, int fromWidth, int height, int width, Filter filter) {
    Taps across = taps(fromWidth, width, filter);
    Taps down = taps(fromHeight, height, filter);
    double[] wide = new double[fromHeight * width];
    for (int y = 0; y < fromHeight; y++) {
      for (int x = 0; x < width; x++) {
        int at = y * fromWidth + across.first[x];
        for (double weight : across.weights[x]) {
          wide[y * width + x] += weight * map[at++];
        }
      }
    }
    float[] to = new float[height * width];
    double[] row = new double[width];
    for (int y = 0; y < height; y++) {
      Arrays.fill(row, 0);
      int at = down.first[y] * width;
      for (double weight : down.weights[y]) {
        for (int x = 0; x < width; x++) {
          row[x] += weight * wide[at++];
        }
      }
      for (int x = 0; x < width; x++) {
        to[y * width + x] = (float) row[x];
      }
    }
    return to;
  }

  static Picture nearest(Picture picture, int height, int width) {
    int[] rows = nearestOf(picture.height(), height);
    int[] columns = nearestOf(picture.width(), width);
    byte[] from = picture.shared();
    byte[] to = new byte[height * width * 3];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i += 3) {
        int at = (rows[y] * picture.width() + columns[x]) * 3;
        to[i] = from[at];
        to[i + 1] = from[at + 1];
        to[i + 2] = from[at + 2];
      }
    }
    return Picture.owning(height, width, to);
  }

  private static int[] nearestOf(int in, int out) {
    int[] nearest = new int[out];
    double scale = (double) in / out;
    double at = scale * 0.5;
    for (int i = 0; i < out; i++, at += scale) { // summed up, not multiplied: Pillow's own rounding
      nearest[i] = Math.min(in - 1, (int) at);
    }
    return nearest;
  }

  private static double keys(double x) {
    double a = -0.5;
    double d = Math.abs(x);
    if (d < 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
  }

  private static Taps taps(int in, int out, Filter filter) {
    double scale = (double) in / out;
    double widening = Math.max(scale, 1);
    double support = filter.support * widening;
    int[] first = new int[out];
    double[][] weights = new double[out][];
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      int from = Math.max(0, (int) (centre - support + 0.5));
      int to = Math.min(in, (int) (centre + support + 0.5));
      double[] around = new double[to - from];
      double sum = 0;
      for (int j = 0; j < around.length; j++) {
        around[j] = filter.weight.applyAsDouble((from + j - centre + 0.5) * (1 / widening));
        sum += around[j];
      }
      for (int j = 0; j < around.length; j++) {
        around[j] /= sum;
      }
      first[i] = from;
      weights[i] = around;
    }
    return new Taps(first, weights);
  }

  /** [height, in, 3] to [height, out, 3]. */
  private static byte[] rows(byte[] from, int height, int in, Taps taps) {
    int out = taps.first.length;
    byte[] to = new byte[height * out * 3];
    int[][] fixed = IntStream.range(0, out).mapToObj(taps::fixedPoint).toArray(int[][]::new);
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < out; x++, i += 3) {
        int[] weights = fixed[x];
        int at = (y * in + taps.first[x]) * 3;
        int red = 1 << FRACTION_BITS - 1;
        int green = red;
        int blue = red;
        for (int weight : weights) {
          red += weight * (from[at] & 0xff);
          green += weight * (from[at + 1] & 0xff);
          blue += weight * (from[at + 2] & 0xff);
          at += 3;
        }
        to[i] = clip(red);
        to[i + 1] = clip(green);
        to[i + 2] = clip(blue);
      }
    }
    return to;
  }

  /** [in, width, 3] to [out, width, 3]; whole rows at a time, which is how they lie in memory. */
  private static byte[] columns(byte[] from, int width, Taps taps) {
    int out = taps.first.length;
    int row = width * 3;
    byte[] to = new byte[out * row];
    int[] sums = new int[row];
    for (int y = 0; y < out; y++) {
      Arrays.fill(sums, 1 << FRACTION_BITS - 1);
      int at = taps.first[y] * row;
      for (int weight : taps.fixedPoint(y)) {
        for (int i = 0; i < row; i++) {
          sums[i] += weight * (from[at + i] & 0xff);
        }
        at += row;
      }
      for (int i = 0; i < row; i++) {
        to[y * row + i] = clip(sums[i]);
      }
    }
    return to;
  }

  private static byte clip(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
  }
}
