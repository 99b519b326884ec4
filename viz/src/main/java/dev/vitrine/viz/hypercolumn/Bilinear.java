package dev.vitrine.viz.hypercolumn;

import java.util.Arrays;

/**
 * Bilinear resampling of maps {@code [h, w, k]} to {@code [height, width, k]} and its transpose, in
 * double. Pixel centres lie at halves and edges are repeated, as in OpenCV and PyTorch ({@code
 * align_corners=False}): output {@code i} lies at {@code (i + 1/2) in / out - 1/2}.
 */
final class Bilinear {
  private final Axis down;
  private final Axis across;
  private final int h;
  private final int w;
  private final int height;
  private final int width;

  Bilinear(int h, int w, int height, int width) {
    this.h = h;
    this.w = w;
    this.height = height;
    this.width = width;
    this.down = Axis.of(h, height);
    this.across = Axis.of(w, width);
  }

  /** Output i is {@code (1 - share[i])} of input {@code first[i]} and the rest of second[i]. */
  private record Axis(int[] first, int[] second, double[] share) {
    static Axis of(int in, int out) {
      Axis axis = new Axis(new int[out], new int[out], new double[out]);
      for (int i = 0; i < out; i++) {
        double at = Math.max(0, Math.min(in - 1, (i + 0.5) * in / out - 0.5));
        axis.first[i] = (int) at;
        axis.second[i] = Math.min(in - 1, (int) at + 1);
        axis.share[i] = at - (int) at;
      }
      return axis;
    }
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** What a tap does with its weight. */
  private interface Tap {
    void at(int from, int to, double weight);
  }

  /** The four neighbours of each pixel of one output row, as offsets of pixels. */
  private void row(int y, Tap tap) {
    double lower = down.share[y];
    int above = down.first[y] * w;
    int below = down.second[y] * w;
    for (int x = 0; x < width; x++) {
      double right = across.share[x];
      int to = y * width + x;
      tap.at(above + across.first[x], to, (1 - lower) * (1 - right));
      tap.at(above + across.second[x], to, (1 - lower) * right);
      tap.at(below + across.first[x], to, lower * (1 - right));
      tap.at(below + across.second[x], to, lower * right);
    }
  }

  /** One row of the result into {@code to}, {@code k} numbers every {@code stride} from offset. */
  void row(float[] maps, int k, int y, float[] to, int offset, int stride) {
    for (int x = 0; x < width; x++) {
      Arrays.fill(to, x * stride + offset, x * stride + offset + k, 0);
    }
    row(
        y,
        (from, pixel, weight) -> {
          int at = (pixel - y * width) * stride + offset;
          float share = (float) weight;
          for (int c = 0; share != 0 && c < k; c++) {
            to[at + c] += share * maps[from * k + c];
          }
        });
  }

  /** Adds the resampled {@code low} to {@code high}. */
  void add(double[] low, int k, double[] high) {
    for (int y = 0; y < height; y++) {
      row(
          y,
          (from, to, weight) -> {
            for (int c = 0; c < k; c++) {
              high[to * k + c] += weight * low[from * k + c];
            }
          });
    }
  }

  /** The transpose of {@link #add}: what each input pixel has a part in. */
  double[] transposed(double[] high, int k) {
    double[] low = new double[h * w * k];
    for (int y = 0; y < height; y++) {
      row(
          y,
          (to, from, weight) -> {
            for (int c = 0; c < k; c++) {
              low[to * k + c] += weight * high[from * k + c];
            }
          });
    }
    return low;
  }
}
