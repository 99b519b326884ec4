package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MULTIPLE_SRC;
import static org.bytedeco.dnnl.global.dnnl.dnnl_concat_primitive_desc_create;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.PostOp;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

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
  private record Key(Shape extents, Shape fromShape, Shape toShape)
      implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
        long[] dims = Arrays.stream(extents.dims()).asLongStream().toArray();
        return recipe.reorder(
            recipe.strided(dims, fromShape.strides()), recipe.strided(dims, toShape.strides()));
      }
    }
  }

  /** Several arrays side by side along an axis. */
  private record Joint(List<Shape> parts, int axis, Shape whole)
      implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      int[] kinds = new int[parts.size() + 1];
      try (Recipe recipe = new Recipe(library, PostOp.NONE);
          PointerPointer<dnnl_memory_desc> from = new PointerPointer<>(parts.size());
          PointerPointer<dnnl_primitive_desc> made = new PointerPointer<>(1)) {
        for (int i = 0; i < parts.size(); i++) {
          from.put(i, plain(recipe, parts.get(i)));
          kinds[i] = DNNL_ARG_MULTIPLE_SRC + i;
        }
        kinds[parts.size()] = DNNL_ARG_DST;
        check(
            dnnl_concat_primitive_desc_create(
                made,
                recipe.engine(),
                plain(recipe, whole),
                parts.size(),
                axis,
                from,
                recipe.attributes()),
            "to put arrays side by side");
        return recipe.make(recipe.owned(made.get(dnnl_primitive_desc.class, 0)), kinds);
      }
    }

    private static dnnl_memory_desc plain(Recipe recipe, Shape shape) {
      return recipe.strided(Arrays.stream(shape.dims()).asLongStream().toArray(), shape.strides());
    }
  }

  /** Puts arrays side by side along an axis. */
  void join(List<Shape> shapes, Pointer[] data, int axis, Shape whole) {
    Joint key = new Joint(shapes, axis, whole);
    primitives.get(key).run(library, memory, data);
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
    Primitive primitive = primitives.get(key);
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
