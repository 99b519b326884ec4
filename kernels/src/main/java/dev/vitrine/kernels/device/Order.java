package dev.vitrine.kernels.device;

import dev.vitrine.engine.Shape;

/** The order in which the axes of an array lie in memory, the last one densely. */
public enum Order {
  /** Row-major in the order of the shape. */
  PLAIN,
  /** An image {@code [n, h, w, c]} that lies as {@code [n, c, h, w]}. */
  CHANNELS_FIRST(0, 3, 1, 2),
  /** A kernel {@code [kh, kw, in, out]} that lies as {@code [out, kh, kw, in]}. */
  OUTPUTS_FIRST(3, 0, 1, 2),
  /** A kernel {@code [kh, kw, in, out]} that lies as {@code [out, in, kh, kw]}. */
  OUTPUTS_INPUTS_FIRST(3, 2, 0, 1);

  private final int[] axes;

  Order(int... axes) {
    this.axes = axes;
  }

  /** How many elements lie between neighbours along each axis of the shape. */
  public long[] strides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long next = 1;
    for (int i = shape.rank() - 1; i >= 0; i--) {
      int axis = this == PLAIN ? i : axes[i];
      strides[axis] = next;
      next *= shape.dim(axis);
    }
    return strides;
  }
}
