package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Unary;
import java.util.List;
import java.util.Locale;

/**
 * An element-wise function other than the ReLU; the gradient is {@code g f'(x)}, where kinks have
 * slope 0 from the flat side.
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
    try (Tensor slope = n.make(g.shape());
        Tensor t = n.make(g.shape())) {
      slope(n.backend(), n.in(0), n.output().buffer(), slope.buffer(), t.buffer());
      n.backend().binary(Binary.MULTIPLY, g.buffer(), slope.buffer(), out.buffer());
    }
    return out;
  }

  /** {@code d = f'(x)}, where {@code y = f(x)} and {@code t} is room for an intermediate. */
  private void slope(Backend b, Buffer x, Buffer y, Buffer d, Buffer t) {
    switch (function) {
      case LINEAR -> b.fill(d, alpha);
      case STEP, SIGN -> b.fill(d, 0);
      case LEAKY_RELU -> {
        b.unary(Unary.STEP, 0, 0, x, t);
        b.unary(Unary.LINEAR, 1 - alpha, alpha, t, d);
      }
      case ELU -> { // 1 above zero, y + alpha below
        b.unary(Unary.CLIP, -alpha, 0, y, t);
        b.unary(Unary.LINEAR, 1, alpha, t, d);
        b.unary(Unary.STEP, 0, 0, x, t);
        mix(b, t, 1, d);
      }
      case CLIP -> { // 1 strictly between the limits: y equals a limit outside
        b.unary(Unary.STEP, alpha, 0, x, t);
        b.unary(Unary.LINEAR, -1, 0, x, d);
        stepTimes(b, d, -beta, t);
        b.unary(Unary.LINEAR, 1, 0, t, d);
      }
      case ABS -> b.unary(Unary.SIGN, 0, 0, x, d);
      case EXP -> b.unary(Unary.LINEAR, 1, 0, y, d);
      case LOG -> b.unary(Unary.POWER, -1, 0, x, d);
      case POWER -> {
        b.unary(Unary.POWER, alpha - 1, 0, x, t);
        b.unary(Unary.LINEAR, alpha, 0, t, d);
      }
      case SQRT -> {
        b.unary(Unary.POWER, -1, 0, y, t);
        b.unary(Unary.LINEAR, 0.5, 0, t, d);
      }
      case SQUARE -> b.unary(Unary.LINEAR, 2, 0, x, d);
      case SIGMOID -> { // y (1 - y)
        b.unary(Unary.LINEAR, -1, 1, y, t);
        b.binary(Binary.MULTIPLY, y, t, d);
      }
      case TANH -> {
        b.unary(Unary.SQUARE, 0, 0, y, t);
        b.unary(Unary.LINEAR, -1, 1, t, d);
      }
      case SOFTPLUS -> b.unary(Unary.SIGMOID, 0, 0, x, d);
      case SILU -> siluSlope(b, x, y, d, t);
      case ERF -> density(b, x, 2 / Math.sqrt(Math.PI), 1, d, t);
      case GELU -> geluSlope(b, x, d, t);
      default -> throw new IllegalStateException(function + " has no derivative here");
    }
  }

  /** {@code y + sigmoid(x) (1 - y)} */
  private static void siluSlope(Backend b, Buffer x, Buffer y, Buffer d, Buffer t) {
    Buffer s = b.alloc(x.shape());
    b.unary(Unary.SIGMOID, 0, 0, x, s);
    b.unary(Unary.LINEAR, -1, 1, y, d);
    b.binary(Binary.MULTIPLY, s, d, t);
    b.binary(Binary.ADD, y, t, d);
    b.release(s);
  }

  /** {@code (1 + erf(x / sqrt 2)) / 2 + x phi(x)} with phi the normal density. */
  private static void geluSlope(Backend b, Buffer x, Buffer d, Buffer t) {
    Buffer cdf = b.alloc(x.shape());
    b.unary(Unary.LINEAR, Math.sqrt(0.5), 0, x, t);
    b.unary(Unary.ERF, 0, 0, t, d);
    b.unary(Unary.LINEAR, 0.5, 0.5, d, cdf);
    Buffer phi = b.alloc(x.shape());
    density(b, x, 1 / Math.sqrt(2 * Math.PI), 0.5, phi, t);
    b.binary(Binary.MULTIPLY, x, phi, t);
    b.binary(Binary.ADD, cdf, t, d);
    b.release(phi);
    b.release(cdf);
  }

  /** {@code d = scale exp(-rate x x)} */
  private static void density(Backend b, Buffer x, double scale, double rate, Buffer d, Buffer t) {
    b.unary(Unary.SQUARE, 0, 0, x, d);
    b.unary(Unary.LINEAR, -rate, 0, d, t);
    b.unary(Unary.EXP, 0, 0, t, d);
    b.unary(Unary.LINEAR, scale, 0, d, t);
    b.unary(Unary.LINEAR, 1, 0, t, d);
  }

  /** {@code t = t * (v > threshold)} */
  private static void stepTimes(Backend b, Buffer v, double threshold, Buffer t) {
    Buffer mask = b.alloc(v.shape());
    Buffer product = b.alloc(v.shape());
    b.unary(Unary.STEP, threshold, 0, v, mask);
    b.binary(Binary.MULTIPLY, mask, t, product);
    b.unary(Unary.LINEAR, 1, 0, product, t);
    b.release(product);
    b.release(mask);
  }

  /** {@code d = mask ? value : d} */
  private static void mix(Backend b, Buffer mask, double value, Buffer d) {
    Buffer rest = b.alloc(d.shape());
    Buffer kept = b.alloc(d.shape());
    b.unary(Unary.LINEAR, -1, 1, mask, rest);
    b.binary(Binary.MULTIPLY, rest, d, kept);
    b.unary(Unary.LINEAR, value, 0, mask, rest);
    b.binary(Binary.ADD, rest, kept, d);
    b.release(kept);
    b.release(rest);
  }

  @Override
  public String type() {
    String name = function.name().toLowerCase(Locale.ROOT).replace("_", "");
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }
}
