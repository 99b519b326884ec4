package dev.vitrine.engine.op;

import static dev.vitrine.engine.op.Functions.add;
import static dev.vitrine.engine.op.Functions.call;
import static dev.vitrine.engine.op.Functions.multiply;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.util.List;
import java.util.Locale;

/**
 * An element-wise function other than the ReLU; the gradient is {@code g f'(x)}. A kink has the
 * slope of the side below it, a clipped function 0 at both limits, the absolute value 0 at 0.
 *
 * @param function any but RELU, which is {@link Relu} so that rules find it
 * @param alpha the function's first number, see {@link Unary}
 * @param beta its second
 */
public record Elementwise(Unary function, double alpha, double beta) implements Op {

  /** Sends the ReLU to its own class. */
  public Elementwise {
    if (function == Unary.RELU) {
      throw new IllegalArgumentException("the ReLU is an operation of its own: use Relu");
    }
  }

  /** A function without numbers. */
  public Elementwise(Unary function) {
    this(function, 0, 0);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().unary(function, alpha, beta, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(g.shape());
    try (Scope room = new Scope(n.backend())) { // for the steps on the way to the slope
      Tensor slope = slope(room.view(n.input(0), g.shape()), room.view(n.output(), g.shape()));
      n.backend().binary(Binary.MULTIPLY, g.buffer(), slope.buffer(), out.buffer());
    }
    return out;
  }

  /** {@code f'(x)}, where {@code y = f(x)}. */
  private Tensor slope(Tensor x, Tensor y) {
    return switch (function) {
      case LINEAR -> x.scope().filled(x.shape(), alpha);
      case STEP, SIGN -> x.scope().filled(x.shape(), 0);
      case LEAKY_RELU -> linear(1 - alpha, alpha, above(0, x));
      case ELU -> {
        Tensor above = above(0, x);
        yield add(above, multiply(linear(-1, 1, above), linear(1, alpha, y)));
      }
      case CLIP -> multiply(above(alpha, x), above(-beta, linear(-1, 0, x)));
      case ABS -> of(Unary.SIGN, x);
      case EXP -> y;
      case LOG -> power(-1, x);
      case POWER -> linear(alpha, 0, power(alpha - 1, x));
      case SQRT -> linear(0.5, 0, power(-1, y));
      case SQUARE -> linear(2, 0, x);
      case SIGMOID -> multiply(y, linear(-1, 1, y));
      case TANH -> linear(-1, 1, of(Unary.SQUARE, y));
      case SOFTPLUS -> of(Unary.SIGMOID, x);
      case SILU -> add(y, multiply(of(Unary.SIGMOID, x), linear(-1, 1, y)));
      case ERF -> bell(2 / Math.sqrt(Math.PI), 1, x);
      case GELU -> { // P(x) + x P'(x), where P(x) = (1 + erf(x / sqrt 2)) / 2
        Tensor p = linear(0.5, 0.5, of(Unary.ERF, linear(Math.sqrt(0.5), 0, x)));
        yield add(p, multiply(x, bell(1 / Math.sqrt(2 * Math.PI), 0.5, x)));
      }
      case RELU -> throw new IllegalStateException("the ReLU is an operation of its own");
    };
  }

  /** {@code scale exp(-rate x x)} */
  private static Tensor bell(double scale, double rate, Tensor x) {
    return linear(scale, 0, of(Unary.EXP, linear(-rate, 0, of(Unary.SQUARE, x))));
  }

  private static Tensor linear(double factor, double offset, Tensor x) {
    return call(new Elementwise(Unary.LINEAR, factor, offset), x);
  }

  private static Tensor above(double threshold, Tensor x) {
    return call(new Elementwise(Unary.STEP, threshold, 0), x);
  }

  private static Tensor power(double exponent, Tensor x) {
    return call(new Elementwise(Unary.POWER, exponent, 0), x);
  }

  private static Tensor of(Unary kind, Tensor x) {
    return call(new Elementwise(kind), x);
  }

  @Override
  public String type() {
    String name = function.name().toLowerCase(Locale.ROOT).replace("_", "");
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
