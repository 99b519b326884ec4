package dev.vitrine.engine.onednn;

import static dev.vitrine.engine.onednn.Library.check;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_training;
import static org.bytedeco.dnnl.global.dnnl.dnnl_nhwc;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_avg_exclude_padding;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_backward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_forward_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_pooling_max;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** oneDNN's pooling of plain NHWC images. */
final class PoolingPlan {
  private PoolingPlan() {}

  /** Which pooling, in which direction. */
  enum Kind {
    MAX,
    MAX_WITH_SWITCHES,
    MAX_BACKWARD,
    AVERAGE,
    AVERAGE_BACKWARD
  }

  /** Everything that a primitive depends on. */
  record Key(Kind kind, Window window, Shape x, Shape y) implements Primitives.Key<Primitive> {

    @Override
    public Primitive make(Library library) {
      try (Recipe recipe = new Recipe(library, PostOp.NONE)) {
        boolean average = kind == Kind.AVERAGE || kind == Kind.AVERAGE_BACKWARD;
        int algorithm = average ? dnnl_pooling_avg_exclude_padding : dnnl_pooling_max;
        dnnl_memory_desc from = image(recipe, x);
        dnnl_memory_desc to = image(recipe, y);
        long[] strides = {window.strideH(), window.strideW()};
        long[] size = {window.kernelH(), window.kernelW()};
        long[] dilations = {window.dilationH() - 1, window.dilationW() - 1};
        long[] before = {window.padTop(), window.padLeft()};
        long[] after = {
          reach(y.dim(1), window.strideH(), window.spanH(), x.dim(1), window.padTop()),
          reach(y.dim(2), window.strideW(), window.spanW(), x.dim(2), window.padLeft())
        };
        dnnl_primitive_desc forward = recipe.description();
        check(
            dnnl_pooling_forward_primitive_desc_create(
                forward,
                recipe.engine(),
                kind == Kind.MAX || kind == Kind.AVERAGE
                    ? dnnl_forward_inference
                    : dnnl_forward_training,
                algorithm,
                from,
                to,
                strides,
                size,
                dilations,
                before,
                after,
                recipe.attributes()),
            "the pooling " + this);
        switch (kind) {
          case MAX, AVERAGE -> {
            return recipe.make(forward, DNNL_ARG_SRC, DNNL_ARG_DST);
          }
          case MAX_WITH_SWITCHES -> {
            return recipe.make(forward, DNNL_ARG_SRC, DNNL_ARG_DST, DNNL_ARG_WORKSPACE);
          }
          default -> {
            dnnl_primitive_desc backward = recipe.description();
            check(
                dnnl_pooling_backward_primitive_desc_create(
                    backward,
                    recipe.engine(),
                    algorithm,
                    from,
                    to,
                    strides,
                    size,
                    dilations,
                    before,
                    after,
                    forward,
                    recipe.attributes()),
                "the pooling " + this);
            return average
                ? recipe.make(backward, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC)
                : recipe.make(backward, DNNL_ARG_DIFF_DST, DNNL_ARG_DIFF_SRC, DNNL_ARG_WORKSPACE);
          }
        }
      }
    }

    private static dnnl_memory_desc image(Recipe recipe, Shape s) {
      return recipe.tagged(dnnl_nhwc, s.dim(0), s.dim(3), s.dim(1), s.dim(2));
    }

    /** The padding that the last window really reaches, 0 or more. */
    private static long reach(int out, int stride, int span, int in, int before) {
      return Math.max((long) (out - 1) * stride + span - in - before, 0);
    }
  }
}
