package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Reduction;

/**
 * Folds axes of an array. Sums are made in double precision, of partial sums of a few numbers in
 * float32, so that they are as good for a million pixels as for ten; always in the same order.
 */
final class Reductions {
  /** Rows that are summed in float32 before the sum goes into a double. */
  private static final int PARTIAL = 16;

  private double[] sums = new double[0];

  /**
   * Axes of the array, those that behave alike merged.
   *
   * @param extents outermost first
   * @param folded whether each is folded; neighbours differ
   */
  private record Axes(int[] extents, boolean[] folded, int count) {

    static Axes of(Shape x, Shape y) {
      int[] extents = new int[x.rank()];
      boolean[] folded = new boolean[x.rank()];
      int count = 0;
      for (int axis = 0; axis < x.rank(); axis++) {
        int extent = x.dim(axis);
        if (extent == 1) {
          continue;
        }
        boolean folds = y.dim(axis) == 1;
        if (count > 0 && folded[count - 1] == folds) {
          extents[count - 1] *= extent;
        } else {
          extents[count] = extent;
          folded[count++] = folds;
        }
      }
      return new Axes(extents, folded, count);
    }
  }

  void reduce(Reduction kind, Block x, Shape xShape, Block y, Shape yShape) {
    int size = (int) yShape.size();
    if (sums.length < size) {
      sums = new double[size];
    }
    boolean max = kind == Reduction.MAX;
    java.util.Arrays.fill(sums, 0, size, max ? Double.NEGATIVE_INFINITY : 0);
    Axes axes = Axes.of(xShape, yShape);
    boolean rows = axes.count == 0 || axes.folded[axes.count - 1];
    int width = axes.count == 0 ? 1 : axes.extents[axes.count - 1];
    int places = (int) (xShape.size() / width);
    Loops.Arrays arrays = Loops.Arrays.own();
    if (rows) {
      foldRows(max, x, axes, width, places, arrays.a);
    } else {
      foldColumns(max, x, axes, width, places, arrays);
    }
    double scale = kind == Reduction.MEAN ? (double) size / xShape.size() : 1;
    for (int at = 0; at < size; at += Loops.CHUNK) {
      int count = Math.min(Loops.CHUNK, size - at);
      for (int i = 0; i < count; i++) {
        arrays.a[i] = (float) (sums[at + i] * scale);
      }
      y.write(at, arrays.a, 0, count);
    }
  }

  /** The innermost axis is folded: each row of it becomes one number. */
  private void foldRows(boolean max, Block x, Axes axes, int width, int places, float[] v) {
    long size = (long) width * places;
    int place = 0;
    int left = width;
    for (long at = 0; at < size; at += v.length) {
      int count = (int) Math.min(v.length, size - at);
      x.read(at, v, 0, count);
      for (int done = 0; done < count; ) {
        int run = Math.min(left, count - done);
        int to = target(axes, place);
        sums[to] = max ? max(v, done, run, sums[to]) : sums[to] + sum(v, done, run);
        done += run;
        left -= run;
        if (left == 0) {
          left = width;
          place++;
        }
      }
    }
  }

  /** The innermost axis stays: rows are added to rows. */
  private void foldColumns(
      boolean max, Block x, Axes axes, int width, int places, Loops.Arrays arrays) {
    float[] v = arrays.first(Math.max(width, Loops.CHUNK));
    float[] partial = arrays.second(width);
    float[] next = arrays.third(width);
    int rowsAtOnce = v.length / width;
    for (int place = 0; place < places; place += rowsAtOnce) {
      int rows = Math.min(rowsAtOnce, places - place);
      x.read((long) place * width, v, 0, rows * width);
      for (int row = 0; row < rows; ) {
        int to = target(axes, place + row);
        System.arraycopy(v, row * width, partial, 0, width);
        int alike = 1;
        while (alike < PARTIAL && row + alike < rows && target(axes, place + row + alike) == to) {
          System.arraycopy(v, (row + alike) * width, next, 0, width);
          if (max) {
            max(next, partial, width);
          } else {
            add(next, partial, width);
          }
          alike++;
        }
        if (max) {
          keepMax(partial, to * width, width);
        } else {
          keepSum(partial, to * width, width);
        }
        row += alike;
      }
    }
  }

  /** Which number, or row of the result a row of the array belongs to. */
  private static int target(Axes axes, int row) {
    int target = 0;
    int stride = 1;
    for (int axis = axes.count - 2; axis >= 0; axis--) {
      if (!axes.folded[axis]) {
        target += row % axes.extents[axis] * stride;
        stride *= axes.extents[axis];
      }
      row /= axes.extents[axis];
    }
    return target;
  }

  /** Four sums at a time, so that each need not wait for the one before. */
  private static double sum(float[] v, int from, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < from + count; i += 4) {
      a += v[i];
      b += v[i + 1];
      c += v[i + 2];
      d += v[i + 3];
    }
    for (; i < from + count; i++) {
      a += v[i];
    }
    return (a + b) + (c + d);
  }

  private static double max(float[] v, int from, int count, double max) {
    float a = (float) max;
    float b = a;
    float c = a;
    float d = a;
    int i = from;
    for (; i + 3 < from + count; i += 4) {
      a = Math.max(a, v[i]);
      b = Math.max(b, v[i + 1]);
      c = Math.max(c, v[i + 2]);
      d = Math.max(d, v[i + 3]);
    }
    for (; i < from + count; i++) {
      a = Math.max(a, v[i]);
    }
    return Math.max(Math.max(a, b), Math.max(c, d));
  }

  // Both arrays from 0 on: with an offset the compiler makes no vectors of these loops.
  private static void add(float[] row, float[] partial, int width) {
    for (int i = 0; i < width; i++) {
      partial[i] += row[i];
    }
  }

  private static void max(float[] row, float[] partial, int width) {
    for (int i = 0; i < width; i++) {
      partial[i] = Math.max(partial[i], row[i]);
    }
  }

  private void keepSum(float[] partial, int to, int width) {
    for (int i = 0; i < width; i++) {
      sums[to + i] += partial[i];
    }
  }

  private void keepMax(float[] partial, int to, int width) {
    for (int i = 0; i < width; i++) {
      sums[to + i] = Math.max(sums[to + i], partial[i]);
    }
  }
}
