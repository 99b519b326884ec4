package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_inner_product_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.PostOp;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Matrix products, of matrices as they lie. */
final class Products {
  private static final int FEW_ROWS = 8;

  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;

  Products(Library library, NativeMemory memory, Primitives primitives) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
  }

  /** Everything that a primitive depends on. */
  record Key(Shape a, boolean transposeA, Shape b, boolean transposeB, boolean bias, PostOp post)
      implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, post)) {
        int columns = b.dim(transposeB ? 0 : 1);
        dnnl_memory_desc from = matrix(recipe, a, transposeA);
        dnnl_memory_desc to = matrix(recipe, Shape.of(a.dim(transposeA ? 1 : 0), columns), false);
        dnnl_primitive_desc description = recipe.description();
        check(
            dense()
                ? dnnl_inner_product_forward_primitive_desc_create(
                    description,
                    recipe.engine(),
                    dnnl_forward_inference,
                    from,
                    matrix(recipe, b, true),
                    bias ? recipe.tagged(dnnl_x, columns) : null,
                    to,
                    recipe.attributes())
                : dnnl_matmul_primitive_desc_create(
                    description,
                    recipe.engine(),
                    from,
                    matrix(recipe, b, transposeB),
                    bias ? matrix(recipe, Shape.of(1, columns), false) : null,
                    to,
                    recipe.attributes()),
            "the matrix product " + this);
        return bias
            ? recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS)
            : recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
      }
    }

    /**
     * Whether it is a dense layer of a few rows. oneDNN's inner product then reads the weights as
     * fast as memory gives them; its matrix product would pack them first, anew each time, and take
     * twice as long (VGG16's fc1, one row, one core: 30 ms against 57).
     */
    private boolean dense() {
      return !transposeA && !transposeB && a.dim(0) <= FEW_ROWS;
    }

    private static dnnl_memory_desc matrix(Recipe recipe, Shape shape, boolean transposed) {
      int rows = shape.dim(0);
      int columns = shape.dim(1);
      return transposed
          ? recipe.strided(new long[] {columns, rows}, new long[] {1, columns})
          : recipe.strided(new long[] {rows, columns}, new long[] {columns, 1});
    }
  }

  void multiply(Key key, Block a, Block b, Block bias, Block y) {
    Primitive primitive = primitives.get(key);
    if (key.bias) {
      primitive.run(library, memory, a.pointer(), b.pointer(), y.pointer(), bias.pointer());
    } else {
      primitive.run(library, memory, a.pointer(), b.pointer(), y.pointer());
    }
  }
}
