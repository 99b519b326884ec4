package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import java.nio.ByteBuffer;
import java.util.List;

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

  /** Where an array's numbers are to lie, float32 in the machine's byte order. */
  @FunctionalInterface
  interface Memory {
    /**
     * The place of some numbers.
     *
     * @param from the number of its first
     */
    ByteBuffer of(long from, int count);
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

  /**
   * As {@link #read}, straight to where the numbers are to lie.
   *
   * @return what is left to be done, in pieces for {@link Loading}; until then the file stays open
   */
  default List<Runnable> readInto(Memory memory) {
    read((from, values, count) -> memory.of(from, count).asFloatBuffer().put(values, 0, count));
    return List.of();
  }
}
