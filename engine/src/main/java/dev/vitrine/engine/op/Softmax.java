package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import java.util.List;

/** {@code y = exp(x) / sum exp(x)} over the last axis; the gradient is {@code y (g - sum g y)}. */
public record Softmax() implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().softmax(n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    var b = n.backend();
    var y = n.output().buffer();
    Tensor out = n.make(g.shape());
    try (Tensor gy = n.make(g.shape());
        Tensor sum = n.make(g.shape().with(-1, 1));
        Tensor centred = n.make(g.shape())) {
      b.binary(Binary.MULTIPLY, g.buffer(), y, gy.buffer());
      b.reduce(Reduction.SUM, gy.buffer(), sum.buffer());
      b.binary(Binary.SUBTRACT, g.buffer(), sum.buffer(), centred.buffer());
      b.binary(Binary.MULTIPLY, y, centred.buffer(), out.buffer());
    }
    return out;
  }
}
