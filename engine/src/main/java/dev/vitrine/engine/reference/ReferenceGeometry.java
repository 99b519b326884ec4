package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Taps;
import java.util.Arrays;

/** Copying blocks, resampling and warping images, and the transposes of the latter two. */
final class ReferenceGeometry {
  private ReferenceGeometry() {}

  /** Copies a whole array to a place inside a larger one. */
  static void copyInto(double[] x, Shape xShape, int[] at, double[] y, Shape yShape) {
    for (int i = 0; i < x.length; i++) {
      y[place(i, xShape, at, yShape)] = x[i];
    }
  }

  /** Fills a whole array from a place inside a larger one. */
  static void copyOutOf(double[] x, Shape xShape, int[] at, double[] y, Shape yShape) {
    for (int i = 0; i < y.length; i++) {
      y[i] = x[place(i, yShape, at, xShape)];
    }
  }

  /** Where element {@code i} of a block lies in the array that holds the block at a place. */
  private static int place(int i, Shape block, int[] at, Shape whole) {
    int place = 0;
    int stride = 1;
    for (int axis = block.rank() - 1; axis >= 0; axis--) {
      place += (at[axis] + i % block.dim(axis)) * stride;
      i /= block.dim(axis);
      stride *= whole.dim(axis);
    }
    return place;
  }

  /** One term {@code y += weight * x} of a linear map of images, by the places of its pixels. */
  private interface Term {
    void at(int x, double weight, int y);
  }

  static void resample(Interpolation kind, double[] x, Shape xShape, double[] y, Shape yShape) {
    Arrays.fill(y, 0);
    forEachTap(kind, xShape, yShape, (ix, weight, iy) -> y[iy] += weight * x[ix]);
  }

  static void resampleBackward(
      Interpolation kind, double[] gradY, Shape yShape, double[] gradX, Shape xShape) {
    Arrays.fill(gradX, 0);
    forEachTap(kind, xShape, yShape, (ix, weight, iy) -> gradX[ix] += weight * gradY[iy]);
  }

  private static void forEachTap(Interpolation kind, Shape xShape, Shape yShape, Term term) {
    Taps rows = Taps.of(kind, xShape.dim(1), yShape.dim(1));
    Taps columns = Taps.of(kind, xShape.dim(2), yShape.dim(2));
    int[] rowStarts = rows.starts();
    int[] rowIndices = rows.indices();
    double[] rowWeights = rows.weights();
    int[] columnStarts = columns.starts();
    int[] columnIndices = columns.indices();
    double[] columnWeights = columns.weights();
    for (int n = 0; n < yShape.dim(0); n++) {
      for (int i = 0; i < yShape.dim(1); i++) {
        for (int j = 0; j < yShape.dim(2); j++) {
          for (int p = rowStarts[i]; p < rowStarts[i + 1]; p++) {
            for (int q = columnStarts[j]; q < columnStarts[j + 1]; q++) {
              double weight = rowWeights[p] * columnWeights[q];
              for (int c = 0; c < xShape.dim(3); c++) {
                term.at(
                    pixel(xShape, n, rowIndices[p], columnIndices[q]) + c,
                    weight,
                    pixel(yShape, n, i, j) + c);
              }
            }
          }
        }
      }
    }
  }

  static void warp(Affine affine, double[] x, Shape xShape, double[] y, Shape yShape) {
    Arrays.fill(y, 0);
    forEachCorner(affine, xShape, yShape, (ix, weight, iy) -> y[iy] += weight * x[ix]);
  }

  static void warpBackward(
      Affine affine, double[] gradY, Shape yShape, double[] gradX, Shape xShape) {
    Arrays.fill(gradX, 0);
    forEachCorner(affine, xShape, yShape, (ix, weight, iy) -> gradX[ix] += weight * gradY[iy]);
  }

  /** Visits the four input pixels around the point that each output pixel looks at. */
  private static void forEachCorner(Affine map, Shape xShape, Shape yShape, Term term) {
    for (int n = 0; n < yShape.dim(0); n++) {
      for (int i = 0; i < yShape.dim(1); i++) {
        for (int j = 0; j < yShape.dim(2); j++) {
          double row = map.a() * i + map.b() * j + map.c();
          double column = map.d() * i + map.e() * j + map.f();
          double above = Math.floor(row);
          double left = Math.floor(column);
          for (int p = 0; p < 2; p++) {
            for (int q = 0; q < 2; q++) {
              double r = above + p;
              double s = left + q;
              if (!(r >= 0 && r < xShape.dim(1) && s >= 0 && s < xShape.dim(2))) {
                continue; // zero outside
              }
              double weight = (1 - Math.abs(row - r)) * (1 - Math.abs(column - s));
              for (int c = 0; c < xShape.dim(3); c++) {
                term.at(pixel(xShape, n, (int) r, (int) s) + c, weight, pixel(yShape, n, i, j) + c);
              }
            }
          }
        }
      }
    }
  }

  /** The place of a pixel's first channel. */
  private static int pixel(Shape shape, int n, int row, int column) {
    return ((n * shape.dim(1) + row) * shape.dim(2) + column) * shape.dim(3);
  }
}
