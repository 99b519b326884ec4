package dev.vitrine.engine;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first; images are {@code [n, h, w, c]}, kernels {@code [kh,
 * kw, in / groups, out]}, dense weights {@code [in, out]}: Keras' own order everywhere.
 */
public final class Shape {
  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * A shape of the given extents.
   *
   * @throws IllegalArgumentException if an extent is negative
   */
  public static Shape of(int... dims) {
    return checked(dims.clone());
  }

  /** The shape of images: {@code n} of {@code h} rows, {@code w} columns, {@code c} channels. */
  public static Shape of(int n, int h, int w, int c) {
    return checked(new int[] {n, h, w, c}); // nobody else has it: no copy
  }

  private static Shape checked(int[] dims) {
    for (int d : dims) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(dims) + " has a negative extent");
      }
    }
    return new Shape(dims);
  }

  /** The number of axes. */
  public int rank() {
    return dims.length;
  }

  /**
   * The extent of an axis; negative axes count from the end, as in Python.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int dim(int axis) {
    return dims[index(axis)];
  }

  /**
   * An axis counted from 0.
   *
   * @throws IllegalArgumentException if there is no such axis
   */
  public int index(int axis) {
    int index = axis < 0 ? dims.length + axis : axis;
    if (index < 0 || index >= dims.length) {
      throw new IllegalArgumentException("shape " + this + " has no axis " + axis);
    }
    return index;
  }

  /** Whether this is the only extent; nothing is made to find out. */
  public boolean is(int a) {
    return dims.length == 1 && dims[0] == a;
  }

  /** Whether these are the extents; nothing is made to find out. */
  public boolean is(int a, int b, int c, int d) {
    return dims.length == 4 && dims[0] == a && dims[1] == b && dims[2] == c && dims[3] == d;
  }

  /** The extents, copied. */
  public int[] dims() {
    return dims.clone();
  }

  /** The number of elements, 1 for a scalar's empty shape. */
  public long size() {
    long size = 1;
    for (int d : dims) {
      size = Math.multiplyExact(size, d);
    }
    return size;
  }

  /** The same shape with one extent replaced; negative axes count from the end. */
  public Shape with(int axis, int extent) {
    if (extent < 0) {
      throw new IllegalArgumentException("shape " + this + " with an extent of " + extent);
    }
    int[] d = dims();
    d[index(axis)] = extent;
    return new Shape(d);
  }

  /** Row-major strides, in elements. */
  public long[] strides() {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= dims[i];
    }
    return strides;
  }

  /**
   * The shape of an element-wise result of two operands, by NumPy's broadcasting.
   *
   * @throws IllegalArgumentException if two extents differ and neither is 1
   */
  public static Shape broadcast(Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] out = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int da = i <= a.rank() ? a.dim(-i) : 1;
      int db = i <= b.rank() ? b.dim(-i) : 1;
      if (da != db && da != 1 && db != 1) {
        throw new IllegalArgumentException("shapes " + a + " and " + b + " do not broadcast");
      }
      out[rank - i] = da == 1 ? db : da;
    }
    return new Shape(out);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.stream(dims)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining(", ", "[", "]"));
  }
}
