package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;

/** An array of numbers in a model's file. */
interface StoredArray {

  /** Takes an array's numbers slice after slice. */
  @FunctionalInterface
  interface Slices {
    /**
     * One slice.
     *
     * @param from the number of its first
     * @param values the next slice overwrites them
     */
    void take(long from, float[] values, int count);
  }

  /** The declared shape. */
  Shape shape();

  /**
   * Looks at what the file says about the numbers, so that memory can be taken for them.
   *
   * @throws dev.vitrine.weights.BadInputException if they are not of a floating-point type or can't
   *     all be there
   */
  void check();

  /**
   * Reads the numbers in row-major order; float64 is rounded.
   *
   * @throws dev.vitrine.weights.BadInputException as {@link #check}, or if they are not all finite
   */
  void read(Slices to);

  /** As {@link #read}, but slices may come in any order, and from several threads at once. */
  default void readInParallel(Slices to) {
    read(to);
  }
}
