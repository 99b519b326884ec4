package dev.vitrine.bench.contest;

import dev.vitrine.engine.Shape;

/** Our arrays in the order in which others keep them, and back. */
public final class Layouts {
  private static final int TILE = 64;

  private Layouts() {}

  /** {@code [n, h, w, c]} to {@code [n, c, h, w]}; other ranks stay as they are. */
  public static float[] channelsFirst(Shape shape, float[] values) {
    if (shape.rank() != 4) {
      return values;
    }
    int each = shape.dim(1) * shape.dim(2) * shape.dim(3);
    return transposed(values, shape.dim(0), each / shape.dim(3), shape.dim(3));
  }

  /** {@code [n, c, h, w]} to {@code [n, h, w, c]}, the shape that is given. */
  public static float[] channelsLast(Shape shape, float[] values) {
    if (shape.rank() != 4) {
      return values;
    }
    return transposed(values, shape.dim(0), shape.dim(3), shape.dim(1) * shape.dim(2));
  }

  /** {@code [h, w, in, out]} to {@code [out, in, h, w]}. */
  static float[] kernel(Shape hwio, float[] values) {
    int pixels = hwio.dim(0) * hwio.dim(1);
    int in = hwio.dim(2);
    int out = hwio.dim(3);
    float[] outFirst = transposed(values, 1, pixels * in, out); // [out, h, w, in]
    return transposed(outFirst, out, pixels, in);
  }

  /**
   * Dense weights {@code [in, out]} to {@code [out, in]}.
   *
   * @param pixels of the flattened image that they read, whose channels become the slowest axis; 1
   *     where they read a row
   */
  static float[] dense(Shape shape, float[] values, int pixels) {
    float[] rows = transposed(values, 1, shape.dim(0), shape.dim(1)); // [out, h * w * c]
    return pixels == 1 ? rows : transposed(rows, shape.dim(1), pixels, shape.dim(0) / pixels);
  }

  /** {@code [n, rows, columns]} to {@code [n, columns, rows]}, by tiles that fit into a cache. */
  private static float[] transposed(float[] values, int n, int rows, int columns) {
    float[] result = new float[values.length];
    for (int i = 0; i < n; i++) {
      int base = i * rows * columns;
      for (int r0 = 0; r0 < rows; r0 += TILE) {
        for (int c0 = 0; c0 < columns; c0 += TILE) {
          for (int r = r0; r < Math.min(r0 + TILE, rows); r++) {
            for (int c = c0; c < Math.min(c0 + TILE, columns); c++) {
              result[base + c * rows + r] = values[base + r * columns + c];
            }
          }
        }
      }
    }
    return result;
  }
}
