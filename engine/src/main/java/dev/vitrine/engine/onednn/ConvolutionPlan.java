package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_data_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_backward_weights_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_direct;
import static org.bytedeco.dnnl.global.dnnl.dnnl_convolution_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_format_tag_any;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_equal;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_x;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * A convolution in one direction, and how its kernel gets from the plain layout into the one that
 * it works with. Images stay plain NHWC: with a kernel in the layout of oneDNN's choice that is its
 * fastest.
 *
 * @param kernel the kernel's plain layout
 * @param packing null if the primitive takes the plain layout; for the gradient at the kernel it
 *     goes the other way, from the primitive's layout to the plain one
 */
record ConvolutionPlan(Primitive primitive, KernelLayout kernel, Primitive packing)
    implements Plan {
  /** The kernel's place among the arguments of every direction: image, kernel, image, bias. */
  static final int KERNEL = 1;

  /** Which transposition of the convolution. */
  enum Direction {
    FORWARD,
    /** Backward to the input, as a forward convolution with the rotated kernel. */
    ROTATED,
    BACKWARD_DATA,
    BACKWARD_WEIGHTS
  }

  /** Everything that a plan depends on. */
  record Key(
      Direction direction,
      Convolution convolution,
      Shape x,
      Shape kernel,
      boolean bias,
      PostOp post)
      implements Primitives.Key<ConvolutionPlan> {

    @Override
    public ConvolutionPlan make(Library library) {
      try (Recipe recipe = new Recipe(library, post)) {
        return new Maker(this, library, recipe).make();
      }
    }
  }

  /** Whether a packed kernel is what the primitive takes. */
  boolean takes(PackedKernel packed) {
    return packed.layout().equals(kernel)
        && dnnl_memory_desc_equal(packed.descriptor(), primitive.layout(KERNEL)) != 0;
  }

  @Override
  public void close() {
    primitive.close();
    if (packing != null) {
      packing.close();
    }
  }

  /** Tells oneDNN about one convolution. */
  private static final class Maker {
    private final Key key;
    private final Library library;
    private final Recipe recipe;
    private final KernelLayout kernel;
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;
    private final dnnl_memory_desc weights;
    private final dnnl_memory_desc bias;
    private final long[] strides;
    private final long[] dilations;
    private final long[] before;
    private final long[] after;

    Maker(Key key, Library library, Recipe recipe) {
      this.key = key;
      this.library = library;
      this.recipe = recipe;
      Window w = key.convolution.window();
      int out = key.kernel.dim(3);
      kernel =
          KernelLayout.of(key.kernel, key.convolution.groups(), key.direction == Direction.ROTATED);
      x = image(key.x, key.x.dim(1), key.x.dim(2), key.x.dim(3));
      y = image(key.x, w.outputH(key.x.dim(1)), w.outputW(key.x.dim(2)), out);
      weights = recipe.tagged(dnnl_format_tag_any, kernel.dims());
      bias = key.bias ? recipe.tagged(dnnl_x, out) : null;
      strides = new long[] {w.strideH(), w.strideW()};
      dilations = new long[] {w.dilationH() - 1, w.dilationW() - 1}; // oneDNN counts the gaps
      before = new long[] {w.padTop(), w.padLeft()};
      after = new long[] {w.padBottom(), w.padRight()};
      if (key.direction == Direction.ROTATED) {
        before[0] = w.spanH() - 1 - before[0];
        before[1] = w.spanW() - 1 - before[1];
        after[0] = w.spanH() - 1 - after[0];
        after[1] = w.spanW() - 1 - after[1];
      }
    }

    private dnnl_memory_desc image(Shape like, int h, int w, int c) {
      return recipe.tagged(dnnl_nhwc, like.dim(0), c, h, w);
    }

    ConvolutionPlan make() {
      Primitive primitive =
          switch (key.direction) {
            case FORWARD -> forward(x, y);
            case ROTATED -> forward(y, x);
            case BACKWARD_DATA -> backwardData();
            case BACKWARD_WEIGHTS -> backwardWeights();
          };
      return new ConvolutionPlan(primitive, kernel, packing(primitive.layout(KERNEL)));
    }

    private Primitive packing(dnnl_memory_desc wanted) {
      dnnl_memory_desc plain = recipe.strided(kernel.dims(), kernel.strides());
      if (dnnl_memory_desc_equal(wanted, plain) != 0) {
        return null;
      }
      try (Recipe copy = new Recipe(library, PostOp.NONE)) {
        return key.direction == Direction.BACKWARD_WEIGHTS
            ? copy.reorder(wanted, plain)
            : copy.reorder(plain, wanted);
      }
    }

    private Primitive forward(dnnl_memory_desc from, dnnl_memory_desc to) {
      dnnl_primitive_desc description = describeForward(dnnl_forward_inference, from, to);
      return key.bias
          ? recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_BIAS)
          : recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST);
    }

    private dnnl_primitive_desc describeForward(
        int purpose, dnnl_memory_desc from, dnnl_memory_desc to) {
      dnnl_primitive_desc description = recipe.description();
      check(
          dnnl_convolution_forward_primitive_desc_create(
              description,
              recipe.engine(),
              purpose,
              dnnl_convolution_direct,
              from,
              weights,
              bias,
              to,
              strides,
              dilations,
              before,
              after,
              recipe.attributes()),
          what());
      return description;
    }

    private Primitive backwardData() {
      dnnl_primitive_desc description = recipe.description();
      check(
          dnnl_convolution_backward_data_primitive_desc_create(
              description,
              recipe.engine(),
              dnnl_convolution_direct,
              x,
              weights,
              y,
              strides,
              dilations,
              before,
              after,
              describeForward(dnnl_forward_training, x, y),
              recipe.attributes()),
          what());
      return recipe.make(description, DNNL_ARG_DIFF_DST, DNNL_ARG_WEIGHTS, DNNL_ARG_DIFF_SRC);
    }

    private Primitive backwardWeights() {
      dnnl_primitive_desc description = recipe.description();
      check(
          dnnl_convolution_backward_weights_primitive_desc_create(
              description,
              recipe.engine(),
              dnnl_convolution_direct,
              x,
              weights,
              null,
              y,
              strides,
              dilations,
              before,
              after,
              describeForward(dnnl_forward_training, x, y),
              recipe.attributes()),
          what());
      return recipe.make(description, DNNL_ARG_SRC, DNNL_ARG_DIFF_WEIGHTS, DNNL_ARG_DIFF_DST);
    }

    private String what() {
      return "the convolution " + key;
    }
  }
}
