package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/** Frames {@code [n, h, w, c]} with a constant, in pixels; the gradient is cut out again. */
public record Pad(int top, int left, int bottom, int right, double value) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    return Shape.of(x.dim(0), x.dim(1) + top + bottom, x.dim(2) + left + right, x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().pad(n.in(0), new int[] {0, top, left, 0}, value, y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().slice(g.buffer(), new int[] {0, top, left, 0}, out.buffer());
    return out;
  }
}
