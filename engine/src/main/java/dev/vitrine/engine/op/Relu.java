package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Unary;
import java.util.List;

/**
 * {@code max(x, 0)}. What flows back is decided by the {@link ReluRule}; the slope at 0 is 0.
 *
 * @param rule {@link ReluRule#GRADIENT} for the derivative
 */
public record Relu(ReluRule rule) implements Op {

  /** A ReLU with its true derivative. */
  public Relu() {
    this(ReluRule.GRADIENT);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().unary(Unary.RELU, 0, 0, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    return back(rule, n, g);
  }

  /** The rule applied to a gradient; the output tells as well as the input where {@code x > 0}. */
  static Tensor back(ReluRule rule, Node n, Tensor g) {
    Tensor out = n.make(g.shape());
    n.backend().binary(rule.kind(), n.output().buffer(), g.buffer(), out.buffer());
    return out;
  }

  @Override
  public Op under(ReluRule rule) {
    return new Relu(rule);
  }

  @Override
  public boolean hasRelu() {
    return true;
  }
}
