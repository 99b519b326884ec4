package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import java.util.Arrays;

/**
 * How an array lies in a file and how the engine wants it: {@code Arrangement.of(64, 3, 7,
 * 7).transposed(2, 3, 1, 0)} takes PyTorch's kernels for Keras'.
 */
final class Arrangement {
  /** Numbers that are handed on at once. */
  private static final int SLICE = 1 << 22;

  private static final int TILE = 32;

  private final Shape stored;
  private final Shape shape;

  /** The extents and the stored array's strides and first element, in the order wanted. */
  private final int[] dims;

  private final long[] strides;
  private final long first;

  private Arrangement(Shape stored, Shape shape, int[] dims, long[] strides, long first) {
    this.stored = stored;
    this.shape = shape;
    this.dims = dims;
    this.strides = strides;
    this.first = first;
  }

  /** An array that is taken as it lies. */
  static Arrangement of(int... stored) {
    return of(Shape.of(stored), stored);
  }

  /**
   * An array whose axes are seen as finer ones, {@code [c * h * w, out]} as {@code [c, h, w, out]}.
   */
  static Arrangement of(Shape stored, int... fine) {
    Shape shape = Shape.of(fine);
    return new Arrangement(stored, shape, shape.dims(), shape.strides(), 0);
  }

  /** The axis {@code i} of the result is the axis {@code axes[i]} of what was. */
  Arrangement transposed(int... axes) {
    int[] newDims = Arrays.stream(axes).map(a -> dims[a]).toArray();
    long[] newStrides = Arrays.stream(axes).mapToLong(a -> strides[a]).toArray();
    return new Arrangement(stored, Shape.of(newDims), newDims, newStrides, first);
  }

  /** Rotated by 180 degrees in the plane of the first two axes. */
  Arrangement rotated() {
    long[] turned = strides.clone();
    long corner = first;
    for (int axis = 0; axis < 2; axis++) {
      corner += (dims[axis] - 1) * strides[axis];
      turned[axis] = -strides[axis];
    }
    return new Arrangement(stored, shape, dims, turned, corner);
  }

  /** The same numbers in the same order under another shape. */
  Arrangement shaped(int... as) {
    return new Arrangement(stored, Shape.of(as), dims, strides, first);
  }

  /** The shape that the file should have. */
  Shape stored() {
    return stored;
  }

  /** The shape that the engine wants. */
  Shape shape() {
    return shape;
  }

  /** Whether the numbers lie in the file in the order wanted. */
  boolean asStored() {
    return first == 0 && Arrays.equals(strides, Shape.of(dims).strides());
  }

  /** Reads an array of the stored shape, and hands it on in the order wanted. */
  void read(StoredArray array, StoredArray.Slices to) {
    if (asStored()) {
      array.read(to);
      return;
    }
    float[] all = new float[Math.toIntExact(stored.size())];
    array.read((from, values, count) -> System.arraycopy(values, 0, all, (int) from, count));
    int rows = dims[dims.length - 2];
    int columns = dims[dims.length - 1];
    int atOnce = Math.max(1, Math.min(rows, SLICE / Math.max(columns, 1)));
    float[] slice = new float[atOnce * columns];
    int[] at = new int[dims.length - 2];
    long corner = first;
    for (int done = 0; done < all.length; ) {
      for (int row = 0; row < rows; row += atOnce) {
        int count = Math.min(atOnce, rows - row);
        copy(all, corner + row * strides[dims.length - 2], slice, count, columns);
        to.take(done, slice, count * columns);
        done += count * columns;
      }
      for (int axis = at.length - 1; axis >= 0; axis--) {
        corner += strides[axis];
        if (++at[axis] < dims[axis]) {
          break;
        }
        corner -= dims[axis] * strides[axis];
        at[axis] = 0;
      }
    }
  }

  /** Rows and columns of the last two axes; a few columns at a time, for the cache's sake. */
  private void copy(float[] all, long from, float[] slice, int rows, int columns) {
    long down = strides[dims.length - 2];
    long across = strides[dims.length - 1];
    for (int left = 0; left < columns; left += TILE) {
      int right = Math.min(columns, left + TILE);
      for (int row = 0; row < rows; row++) {
        long source = from + row * down + left * across;
        for (int column = left; column < right; column++) {
          slice[row * columns + column] = all[(int) source];
          source += across;
        }
      }
    }
  }
}
