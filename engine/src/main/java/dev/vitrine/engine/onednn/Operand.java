package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;

/**
 * An array read as if it had been broadcast to a larger shape: pieces of it in the order of the
 * larger array's elements.
 */
final class Operand {
  private final Block block;

  /** Extents of the larger shape, outermost first, axes that behave alike merged. */
  private final int[] extents;

  /** How far the array moves along each; 0 where it's repeated. Null if nothing is. */
  private final int[] strides;

  private Operand(Block block, int[] extents, int[] strides) {
    this.block = block;
    this.extents = extents;
    this.strides = strides;
  }

  /** All of a block, as it lies. */
  static Operand whole(Block block) {
    return new Operand(block, null, null);
  }

  static Operand of(Block block, Shape shape, Shape target) {
    if (shape.size() == target.size()) {
      return block.whole();
    }
    int[] extents = new int[target.rank()];
    int[] strides = new int[target.rank()];
    int used = 0; // counted from the innermost axis outwards
    int stride = 1;
    for (int axis = 1; axis <= target.rank(); axis++) {
      int extent = target.dim(-axis);
      if (extent == 1) {
        continue;
      }
      boolean repeated = axis > shape.rank() || shape.dim(-axis) == 1;
      int step = repeated ? 0 : stride;
      stride *= repeated ? 1 : extent;
      if (used > 0 && (strides[used - 1] == 0) == repeated) {
        extents[used - 1] *= extent;
      } else {
        extents[used] = extent;
        strides[used++] = step;
      }
    }
    int[] outerFirstExtents = new int[used];
    int[] outerFirstStrides = new int[used];
    for (int i = 0; i < used; i++) {
      outerFirstExtents[i] = extents[used - 1 - i];
      outerFirstStrides[i] = strides[used - 1 - i];
    }
    return new Operand(block, outerFirstExtents, outerFirstStrides);
  }

  /** The elements {@code from .. from + count - 1} of the larger array. */
  void read(int from, float[] to, int count) {
    if (strides == null) {
      block.read(from, to, 0, count);
      return;
    }
    int row = extents[extents.length - 1];
    boolean repeated = strides[strides.length - 1] == 0;
    int column = from % row;
    for (int done = 0; done < count; ) {
      int run = Math.min(row - column, count - done);
      int place = place((from + done) / row);
      if (repeated) {
        block.read(place, to, done, 1);
        java.util.Arrays.fill(to, done + 1, done + run, to[done]);
      } else if (place == 0 && column == 0 && done >= row && extents.length == 2) {
        System.arraycopy(to, done - row, to, done, run); // the row before it is the same
      } else {
        block.read(place + column, to, done, run);
      }
      column = 0;
      done += run;
    }
  }

  /** As {@link #read(int, float[], int)}, the raw bits. */
  void read(int from, int[] to, int count) {
    if (strides == null) {
      block.read(from, to, 0, count);
      return;
    }
    int row = extents[extents.length - 1];
    boolean repeated = strides[strides.length - 1] == 0;
    int column = from % row;
    for (int done = 0; done < count; ) {
      int run = Math.min(row - column, count - done);
      int place = place((from + done) / row);
      block.read(repeated ? place : place + column, to, done, repeated ? 1 : run);
      if (repeated) {
        java.util.Arrays.fill(to, done + 1, done + run, to[done]);
      }
      column = 0;
      done += run;
    }
  }

  /** Where a row of the innermost axis begins in the array. */
  private int place(int row) {
    int place = 0;
    for (int axis = extents.length - 2; axis >= 0; axis--) {
      place += row % extents[axis] * strides[axis];
      row /= extents[axis];
    }
    return place;
  }
}
