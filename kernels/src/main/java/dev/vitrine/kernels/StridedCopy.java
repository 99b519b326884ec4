package dev.vitrine.kernels;

/** Copies an array of float32 from one order of axes into another. */
@FunctionalInterface
interface StridedCopy {
  /**
   * @param extents of each axis
   * @param fromStrides in elements, one for each axis
   * @param toStrides in elements, one for each axis
   */
  void copy(int[] extents, long from, long[] fromStrides, long to, long[] toStrides);
}
