package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import java.util.Arrays;

/** Max and average pooling and their transposes; padding is never looked at. */
final class ReferencePooling {
  private ReferencePooling() {}

  static void max(Window w, double[] x, Shape xShape, double[] switches, double[] y, Shape yShape) {
    Arrays.fill(y, Double.NaN);
    boolean[] seen = new boolean[y.length];
    forEachElement(
        w,
        xShape,
        yShape,
        (ix, element, iy) -> {
          boolean wins = !seen[iy] || x[ix] > y[iy] || Double.isNaN(x[ix]) && !Double.isNaN(y[iy]);
          if (wins) {
            seen[iy] = true;
            y[iy] = x[ix];
            if (switches != null) {
              switches[iy] = element;
            }
          }
        });
  }

  static void maxBackward(
      Window w, double[] gradY, Shape yShape, double[] switches, double[] gradX, Shape xShape) {
    Arrays.fill(gradX, 0);
    forEachElement(
        w,
        xShape,
        yShape,
        (ix, element, iy) -> {
          if (element == switches[iy]) {
            gradX[ix] += gradY[iy];
          }
        });
  }

  static void average(Window w, double[] x, Shape xShape, double[] y, Shape yShape) {
    int[] counts = counts(w, xShape, yShape);
    Arrays.fill(y, 0);
    forEachElement(w, xShape, yShape, (ix, element, iy) -> y[iy] += x[ix]);
    for (int i = 0; i < y.length; i++) {
      y[i] /= counts[i];
    }
  }

  static void averageBackward(
      Window w, double[] gradY, Shape yShape, double[] gradX, Shape xShape) {
    int[] counts = counts(w, xShape, yShape);
    Arrays.fill(gradX, 0);
    forEachElement(w, xShape, yShape, (ix, element, iy) -> gradX[ix] += gradY[iy] / counts[iy]);
  }

  /** How many elements each placement of the window has inside the image. */
  private static int[] counts(Window w, Shape xShape, Shape yShape) {
    int[] counts = new int[Math.toIntExact(yShape.size())];
    forEachElement(w, xShape, yShape, (ix, element, iy) -> counts[iy]++);
    return counts;
  }

  /** What is done with one element under the window. */
  private interface Visit {
    /**
     * @param x the element's place in the image
     * @param element its place in the window, padding counted
     * @param y the window's place in the output
     */
    void at(int x, int element, int y);
  }

  /** Visits what lies inside the image, each window in reading order. */
  private static void forEachElement(Window w, Shape xShape, Shape yShape, Visit visit) {
    int height = xShape.dim(1);
    int width = xShape.dim(2);
    int channels = xShape.dim(3);
    for (int n = 0; n < yShape.dim(0); n++) {
      for (int i = 0; i < yShape.dim(1); i++) {
        for (int j = 0; j < yShape.dim(2); j++) {
          for (int p = 0; p < w.kernelH(); p++) {
            for (int q = 0; q < w.kernelW(); q++) {
              int row = i * w.strideH() + p * w.dilationH() - w.padTop();
              int column = j * w.strideW() + q * w.dilationW() - w.padLeft();
              if (row < 0 || row >= height || column < 0 || column >= width) {
                continue;
              }
              for (int c = 0; c < channels; c++) {
                visit.at(
                    ((n * height + row) * width + column) * channels + c,
                    p * w.kernelW() + q,
                    ((n * yShape.dim(1) + i) * yShape.dim(2) + j) * channels + c);
              }
            }
          }
        }
      }
    }
  }
}
