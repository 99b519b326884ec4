package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.Arrays;
import java.util.List;

/**
 * Folds axes to extent 1. The gradient of the sum is {@code g} everywhere, of the mean {@code g /
 * count}, of the maximum {@code g} shared equally among the elements that tie for it.
 *
 * @param kind how
 * @param axes which, from 0
 */
public record Reduce(Reduction kind, List<Integer> axes) implements Op {

  /** Folds the given axes. */
  public Reduce(Reduction kind, Integer... axes) {
    this(kind, List.of(axes));
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape y = Operands.only(this, inputs);
    for (int axis : axes) {
      y = y.with(axis, 1);
    }
    return y;
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().reduce(kind, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    return spread(kind, n, n.output(), g);
  }

  /** The gradient at the input for {@code g} at its reduction {@code y}; all of the same rank. */
  static Tensor spread(Reduction kind, Node n, Tensor y, Tensor g) {
    var b = n.backend();
    Shape shape = n.input(0).shape();
    Tensor out = n.make(shape);
    if (kind == Reduction.MAX) {
      try (Tensor won = n.make(shape);
          Tensor count = n.make(g.shape());
          Tensor share = n.make(g.shape())) {
        b.binary(Binary.EQUAL, n.in(0), y.buffer(), won.buffer());
        b.reduce(Reduction.SUM, won.buffer(), count.buffer());
        b.binary(Binary.DIVIDE, g.buffer(), count.buffer(), share.buffer());
        b.binary(Binary.MULTIPLY, won.buffer(), share.buffer(), out.buffer());
      }
      return out;
    }
    double each = kind == Reduction.SUM ? 1 : (double) g.shape().size() / shape.size();
    try (Tensor share = n.make(g.shape());
        Tensor zeros = n.scope().filled(shape, 0)) {
      b.unary(Unary.LINEAR, each, 0, g.buffer(), share.buffer());
      b.binary(Binary.ADD, zeros.buffer(), share.buffer(), out.buffer());
    }
    return out;
  }

  /** Sums everything but the last axis of {@code g} into {@code out [c]}: a bias' gradient. */
  static void sumToVector(Tensor g, Tensor out) {
    int[] ones = new int[g.shape().rank()];
    Arrays.fill(ones, 1);
    ones[ones.length - 1] = g.shape().dim(-1);
    try (Tensor folded = out.view(Shape.of(ones))) {
      out.backend().reduce(Reduction.SUM, g.buffer(), folded.buffer());
    }
  }

  /** Sums {@code g} over the axes on which {@code to} was broadcast; a tensor of that shape. */
  static Tensor sumTo(Shape to, Tensor g) {
    if (to.equals(g.shape())) {
      return g.view(to);
    }
    int[] padded = new int[g.shape().rank()];
    Arrays.fill(padded, 1);
    System.arraycopy(to.dims(), 0, padded, padded.length - to.rank(), to.rank());
    Tensor out = g.scope().make(to);
    try (Tensor folded = out.view(Shape.of(padded))) {
      g.backend().reduce(Reduction.SUM, g.buffer(), folded.buffer());
    }
    return out;
  }
}
