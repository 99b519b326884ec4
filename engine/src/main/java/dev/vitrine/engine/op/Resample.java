package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Interpolation;
import java.util.List;

/** Resamples {@code [n, h, w, c]} to {@code h} by {@code w} pixels; linear, so is its gradient. */
public record Resample(Interpolation filter, int h, int w) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.onlyImages(this, inputs).with(1, h).with(2, w);
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
