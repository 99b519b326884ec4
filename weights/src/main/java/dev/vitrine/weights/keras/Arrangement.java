package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import java.util.Arrays;

/**
 * How an array lies in a file and how the engine wants it: {@code Arrangement.of(64, 3, 7,
 * 7).transposed(2, 3, 1, 0)} takes PyTorch's kernels for Keras'.
 */
final class Arrangement {
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

  /** Reads an array of the stored shape, and hands it on in the order wanted. */
  void read(StoredArray array, StoredArray.Slices to) {
    if (first == 0 && Arrays.equals(strides, Shape.of(dims).strides())) {
      array.read(to);
      return;
    }
    float[] all = new float[Math.toIntExact(stored.size())];
    array.read((from, values, count) -> System.arraycopy(values, 0, all, (int) from, count));
    float[] slice = new float[Math.min(all.length, 1 << 17)];
    int last = dims.length - 1;
    int[] at = new int[dims.length];
    long source = first;
    for (int done = 0; done < all.length; ) {
      int count = Math.min(slice.length, all.length - done);
      for (int i = 0; i < count; i++) {
        slice[i] = all[(int) source];
        source += strides[last];
        at[last]++;
        for (int axis = last; axis > 0 && at[axis] == dims[axis]; axis--) {
          source += strides[axis - 1] - dims[axis] * strides[axis];
          at[axis] = 0;
          at[axis - 1]++;
        }
      }
      to.take(done, slice, count);
      done += count;
    }
  }
}
