package dev.vitrine.engine.op;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;

/** How a {@link Composed} operation calls those that it is put together from. */
@FunctionalInterface
public interface Steps {
  /** Runs one of them. */
  Tensor apply(Op op, Tensor... inputs);

  /** {@code factor * x + offset} */
  default Tensor linear(double factor, double offset, Tensor x) {
    return apply(new Elementwise(Unary.LINEAR, factor, offset), x);
  }

  /** {@code min(max(x, low), high)} */
  default Tensor clip(double low, double high, Tensor x) {
    return apply(new Elementwise(Unary.CLIP, low, high), x);
  }

  /** {@code x > threshold ? 1 : 0} */
  default Tensor above(double threshold, Tensor x) {
    return apply(new Elementwise(Unary.STEP, threshold, 0), x);
  }

  /** {@code max(x, 0)} */
  default Tensor relu(Tensor x) {
    return apply(new Relu(), x);
  }

  /** A function without numbers. */
  default Tensor of(Unary kind, Tensor x) {
    return apply(new Elementwise(kind), x);
  }

  /** {@code a + b}, {@code a * b} and their kin, with broadcasting. */
  default Tensor of(Binary kind, Tensor a, Tensor b) {
    return apply(new Arithmetic(kind), a, b);
  }

  /** Folds the last axis to extent 1. */
  default Tensor fold(Reduction kind, Tensor x) {
    return apply(new Reduce(kind, x.shape().rank() - 1), x);
  }
}
