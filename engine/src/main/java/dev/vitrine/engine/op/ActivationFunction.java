package dev.vitrine.engine.op;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Activations that no backend has as a primitive, by Keras' formulas; each keeps the shape. At a
 * kink they have the slope of the side below it, as {@link Elementwise} does.
 */
public enum ActivationFunction implements Composed {
  /** {@code 1.0507 (x > 0 ? x : 1.6733 (exp(x) - 1))} (Klambauer et al., 2017). */
  SELU("Selu", (s, x) -> s.linear(1.0507009873554805, 0, s.apply(elu(1.6732632423543772), x))),
  /** {@code x / (1 + |x|)} */
  SOFTSIGN("Softsign", (s, x) -> s.of(Binary.DIVIDE, x, s.linear(1, 1, s.of(Unary.ABS, x)))),
  /** {@code (x + sqrt(x x + 4)) / 2} */
  SQUAREPLUS(
      "Squareplus",
      (s, x) -> {
        Tensor root = s.of(Unary.SQRT, s.linear(1, 4, s.of(Unary.SQUARE, x)));
        return s.linear(0.5, 0, s.of(Binary.ADD, x, root));
      }),
  /** {@code x - clip(x, -1/2, 1/2)} */
  SOFT_SHRINK("SoftShrink", (s, x) -> s.of(Binary.SUBTRACT, x, s.clip(-0.5, 0.5, x))),
  /** {@code |x| > 1/2 ? x : 0} */
  HARD_SHRINK("HardShrink", (s, x) -> s.of(Binary.MULTIPLY, x, s.above(0.5, s.of(Unary.ABS, x)))),
  /** {@code x - tanh(x)} */
  TANH_SHRINK("TanhShrink", (s, x) -> s.of(Binary.SUBTRACT, x, s.of(Unary.TANH, x))),
  /** {@code clip(x / 6 + 1/2, 0, 1)}, as Keras 3 and PyTorch have it. */
  HARD_SIGMOID("HardSigmoid", (s, x) -> s.clip(0, 1, s.linear(1 / 6.0, 0.5, x))),
  /** {@code clip(x / 5 + 1/2, 0, 1)}, as Keras 1 and 2 have it. */
  HARD_SIGMOID_KERAS2("HardSigmoid", (s, x) -> s.clip(0, 1, s.linear(0.2, 0.5, x))),
  /** {@code x clip(x / 6 + 1/2, 0, 1)} (Howard et al., Searching for MobileNetV3, 2019). */
  HARD_SILU(
      "HardSilu", (s, x) -> s.of(Binary.MULTIPLY, x, s.clip(0, 1, s.linear(1 / 6.0, 0.5, x)))),
  /** {@code clip((x + 1) / 2, 0, 1)} */
  SPARSE_SIGMOID("SparseSigmoid", (s, x) -> s.clip(0, 1, s.linear(0.5, 0.5, x))),
  /** 0 up to -1, {@code (x + 1)^2 / 4} up to 1, then {@code x}. */
  SPARSE_PLUS(
      "SparsePlus",
      (s, x) -> {
        Tensor bend = s.of(Unary.SQUARE, s.linear(0.5, 0.5, s.clip(-1, 1, x)));
        return s.of(Binary.ADD, bend, s.relu(s.linear(1, -1, x)));
      }),
  /** {@code x tanh(softplus(x))} (Misra, 2019). */
  MISH("Mish", (s, x) -> s.of(Binary.MULTIPLY, x, s.of(Unary.TANH, s.of(Unary.SOFTPLUS, x)))),
  /** {@code -softplus(-x)} */
  LOG_SIGMOID("LogSigmoid", (s, x) -> s.linear(-1, 0, s.of(Unary.SOFTPLUS, s.linear(-1, 0, x)))),
  /** {@code x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))} (Hendrycks and Gimpel, 2016). */
  GELU_TANH(
      "Gelu",
      (s, x) -> {
        Tensor cube = s.of(Binary.MULTIPLY, x, s.of(Unary.SQUARE, x));
        Tensor inner = s.of(Binary.ADD, x, s.linear(0.044715, 0, cube));
        Tensor bent = s.of(Unary.TANH, s.linear(Math.sqrt(2 / Math.PI), 0, inner));
        return s.of(Binary.MULTIPLY, x, s.linear(0.5, 0.5, bent));
      }),
  /** {@code x - log(sum exp(x))} over the last axis. */
  LOG_SOFTMAX(
      "LogSoftmax",
      (s, x) -> {
        Tensor below = s.of(Binary.SUBTRACT, x, s.fold(Reduction.MAX, x));
        Tensor sum = s.fold(Reduction.SUM, s.of(Unary.EXP, below));
        return s.of(Binary.SUBTRACT, below, s.of(Unary.LOG, sum));
      });

  private final String type;
  private final BiFunction<Steps, Tensor, Tensor> formula;

  ActivationFunction(String type, BiFunction<Steps, Tensor, Tensor> formula) {
    this.type = type;
    this.formula = formula;
  }

  private static Elementwise elu(double alpha) {
    return new Elementwise(Unary.ELU, alpha, 0);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor compute(Steps steps, List<Tensor> inputs) {
    return formula.apply(steps, inputs.get(0));
  }

  @Override
  public String type() {
    return type;
  }
}
