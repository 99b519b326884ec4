package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Interpolation;
import java.util.List;

/** Makes images larger by whole factors; linear, so is its gradient. */
public record Upsample(Interpolation filter, int factorH, int factorW) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    return x.with(1, Math.multiplyExact(x.dim(1), factorH))
        .with(2, Math.multiplyExact(x.dim(2), factorW));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().resample(filter, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().resampleBackward(filter, g.buffer(), out.buffer());
    return out;
  }
}
