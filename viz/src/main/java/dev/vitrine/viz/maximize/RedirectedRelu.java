package dev.vitrine.viz.maximize;

import static dev.vitrine.engine.op.Functions.add;
import static dev.vitrine.engine.op.Functions.call;
import static dev.vitrine.engine.op.Functions.multiply;
import static dev.vitrine.engine.op.Functions.scale;
import static dev.vitrine.engine.op.Functions.subtract;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Reduce;
import java.util.stream.IntStream;

/**
 * Lucid's gradient of a ReLU for the first steps, when noise may excite nothing: where of an image
 * no gradient at all gets through, what would push negative inputs up does. The gradient is one to
 * go down by, so what pushes up is negative: {@code g (1 - [x < 0] [g > 0])}.
 */
final class RedirectedRelu {
  private RedirectedRelu() {}

  /** A {@link dev.vitrine.engine.network.BackwardHook}. */
  static Tensor gradient(BackwardContext c) {
    Tensor plain = c.gradInput();
    if (plain == null) {
      return null;
    }
    Tensor g = c.gradOutput();
    Tensor negative = step(scale(c.inputs().get(0), -1));
    Tensor blocked = multiply(multiply(negative, step(g)), g);
    Integer[] axes = IntStream.range(1, g.shape().rank()).boxed().toArray(Integer[]::new);
    Tensor through = call(new Reduce(Reduction.SUM, axes), call(new Elementwise(Unary.ABS), plain));
    Tensor nothing = call(new Elementwise(Unary.LINEAR, -1, 1), step(through));
    return add(plain, multiply(nothing, subtract(subtract(g, blocked), plain)));
  }

  private static Tensor step(Tensor x) {
    return call(new Elementwise(Unary.STEP), x);
  }
}
