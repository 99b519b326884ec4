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
 * Element-wise arithmetic of two tensors with broadcasting; a broadcast input's gradient is summed
 * over the axes that it was repeated on. Where two are equal, the maximum's and the minimum's
 * gradient goes to the first.
 *
 * @param kind ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM or MINIMUM
 */
public record Arithmetic(Binary kind) implements Op {

  /** Checks that the kind has a derivative. */
  public Arithmetic {
    switch (kind) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM -> {}
      default -> throw new IllegalArgumentException(kind + " has no derivative");
    }
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 2, 2);
    return Shape.broadcast(inputs.get(0), inputs.get(1));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().binary(kind, n.in(0), n.in(1), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    try (Tensor full = n.make(g.shape())) {
      Backend b = n.backend();
      Buffer out = full.buffer();
      switch (kind) {
        case ADD -> b.unary(Unary.LINEAR, 1, 0, g.buffer(), out);
        case SUBTRACT -> b.unary(Unary.LINEAR, i == 0 ? 1 : -1, 0, g.buffer(), out);
        case MULTIPLY -> b.binary(Binary.MULTIPLY, g.buffer(), n.in(1 - i), out);
        case DIVIDE -> quotient(n, g, i, out);
        default -> winner(n, g, i, out);
      }
      return Reduce.sumTo(n.input(i).shape(), full);
    }
  }

  /** {@code g / b} at the dividend, {@code -g y / b} at the divisor. */
  private static void quotient(Node n, Tensor g, int i, Buffer out) {
    Backend b = n.backend();
    if (i == 0) {
      b.binary(Binary.DIVIDE, g.buffer(), n.in(1), out);
      return;
    }
    try (Tensor gy = n.make(g.shape());
        Tensor ratio = n.make(g.shape())) {
      b.binary(Binary.MULTIPLY, g.buffer(), n.output().buffer(), gy.buffer());
      b.binary(Binary.DIVIDE, gy.buffer(), n.in(1), ratio.buffer());
      b.unary(Unary.LINEAR, -1, 0, ratio.buffer(), out);
    }
  }

  /** {@code g} where this input was chosen. */
  private void winner(Node n, Tensor g, int i, Buffer out) {
    Backend b = n.backend();
    boolean maximum = kind == Binary.MAXIMUM;
    try (Tensor second = n.make(g.shape());
        Tensor mask = n.make(g.shape())) {
      b.binary(Binary.GREATER, n.in(maximum ? 1 : 0), n.in(maximum ? 0 : 1), second.buffer());
      b.unary(Unary.LINEAR, i == 0 ? -1 : 1, i == 0 ? 1 : 0, second.buffer(), mask.buffer());
      b.binary(Binary.MULTIPLY, g.buffer(), mask.buffer(), out);
    }
  }

  @Override
  public String type() {
    return kind.name().charAt(0) + kind.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
