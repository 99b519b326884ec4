package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.PostOp;
import java.util.Arrays;

/** Copies blocks in and out of larger arrays. */
final class Moves {
  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;

  Moves(Library library, NativeMemory memory, Primitives primitives) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
  }

  /** A copy between two strided arrays; where they begin is told at each run. */
  private record Key(Shape extents, Shape fromShape, Shape toShape) {

    Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
        long[] dims = Arrays.stream(extents.dims()).asLongStream().toArray();
        return recipe.reorder(
            recipe.strided(dims, fromShape.strides()), recipe.strided(dims, toShape.strides()));
      }
    }
  }

  /** Copies a whole array to a place inside a larger one. */
  void copyInto(Block x, Shape xShape, int[] at, Block y, Shape yShape) {
    run(xShape, x, xShape, 0, y, yShape, offset(at, yShape));
  }

  /** Fills a whole array from a place inside a larger one. */
  void copyOutOf(Block x, Shape xShape, int[] at, Block y, Shape yShape) {
    run(yShape, x, xShape, offset(at, xShape), y, yShape, 0);
  }

  private void run(
      Shape extents, Block x, Shape xShape, long from, Block y, Shape yShape, long to) {
    Key key = new Key(vector(extents), vector(xShape), vector(yShape));
    Primitive primitive = primitives.get(key, () -> key.make(library));
    primitive.run(library, memory, x.pointer(4 * from), y.pointer(4 * to));
  }

  /** oneDNN knows no scalars. */
  private static Shape vector(Shape shape) {
    return shape.rank() == 0 ? Shape.of(1) : shape;
  }

  private static long offset(int[] at, Shape shape) {
    long offset = 0;
    for (int axis = 0; axis < at.length; axis++) {
      offset = offset * shape.dim(axis) + at[axis];
    }
    return offset;
  }
}
