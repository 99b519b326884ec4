package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/** The mean under each placement of the window; padding is not counted, as in Keras. */
public record AveragePool2d(Sliding sliding) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    return sliding.output(x, x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().averagePool(sliding.on(n.input(0).shape()), n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().averagePoolBackward(sliding.on(out.shape()), g.buffer(), out.buffer());
    return out;
  }
}
