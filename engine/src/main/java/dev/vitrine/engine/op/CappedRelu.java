package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.util.List;

/**
 * {@code min(max(x, 0), cap)}, a ReLU of MobileNet's kind. The rules are the {@link Relu}'s; what
 * the cap holds back sends nothing back, but under the deconvnet's rule, which does not look at
 * {@code x}. The slope at 0 and at the cap is 0.
 *
 * @param cap the largest output, 6 in MobileNet
 * @param rule {@link ReluRule#GRADIENT} for the derivative
 */
public record CappedRelu(double cap, ReluRule rule) implements Op {

  /** With its true derivative. */
  public CappedRelu(double cap) {
    this(cap, ReluRule.GRADIENT);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().unary(Unary.CLIP, 0, cap, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = Relu.back(rule, n, g);
    if (rule == ReluRule.DECONVNET) {
      return out;
    }
    try (Tensor passed = out;
        Tensor below = n.make(g.shape());
        Tensor mask = n.make(g.shape())) {
      Tensor capped = n.make(g.shape());
      n.backend().unary(Unary.LINEAR, -1, 0, n.output().buffer(), below.buffer());
      n.backend().unary(Unary.STEP, -cap, 0, below.buffer(), mask.buffer());
      n.backend().binary(Binary.MULTIPLY, passed.buffer(), mask.buffer(), capped.buffer());
      return capped;
    }
  }

  @Override
  public Op under(ReluRule rule) {
    return new CappedRelu(cap, rule);
  }

  @Override
  public boolean hasRelu() {
    return true;
  }
}
