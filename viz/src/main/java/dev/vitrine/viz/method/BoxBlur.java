package dev.vitrine.viz.method;

/**
 * The mean over a square about each pixel, rows and columns one after the other, in double. Beyond
 * the edge the image goes on mirrored about its last pixel (..., 2, 1, 0, 1, 2, ...), as in OpenCV.
 * On the host: it runs once a round, and no network has this padding.
 *
 * @param size of the square, odd
 */
public record BoxBlur(int size) {
  /** Checks that the square has a middle. */
  public BoxBlur {
    if (size < 1 || size % 2 == 0) {
      throw new IllegalArgumentException("a box of " + size + " pixels has no middle; use 1, 3, 5");
    }
  }

  /** Blurs {@code [n, h, w, c]}. */
  public float[] of(float[] images, int n, int h, int w, int c) {
    double[] rows = new double[images.length];
    float[] out = new float[images.length];
    int radius = size / 2;
    for (int i = 0; i < n; i++) {
      int image = i * h * w * c;
      for (int y = 0; y < h; y++) {
        for (int d = -radius; d <= radius; d++) {
          int from = image + mirrored(y + d, h) * w * c;
          int to = image + y * w * c;
          for (int k = 0; k < w * c; k++) {
            rows[to + k] += images[from + k];
          }
        }
      }
      for (int x = 0; x < w; x++) {
        int[] from = new int[size];
        for (int d = 0; d < size; d++) {
          from[d] = mirrored(x + d - radius, w) * c;
        }
        for (int y = 0; y < h; y++) {
          int row = image + y * w * c;
          for (int k = 0; k < c; k++) {
            double sum = 0;
            for (int f : from) {
              sum += rows[row + f + k];
            }
            out[row + x * c + k] = (float) (sum / (size * size));
          }
        }
      }
    }
    return out;
  }

  /** The pixel that stands in for one beyond the edge. */
  private static int mirrored(int at, int extent) {
    int period = Math.max(1, 2 * (extent - 1));
    int i = Math.floorMod(at, period);
    return i < extent ? i : period - i;
  }
}
