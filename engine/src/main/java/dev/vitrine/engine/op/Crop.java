package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/** Cuts pixels off the sides of {@code [n, h, w, c]}; the gradient there is zero. */
public record Crop(int top, int left, int bottom, int right) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    int h = x.dim(1) - top - bottom;
    int w = x.dim(2) - left - right;
    if (h < 1 || w < 1) {
      throw new IllegalArgumentException(
          "nothing is left of "
              + x
              + " after cutting "
              + (top + bottom)
              + " rows and "
              + (left + right)
              + " columns");
    }
    return Shape.of(x.dim(0), h, w, x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().slice(n.in(0), new int[] {0, top, left, 0}, y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().pad(g.buffer(), new int[] {0, top, left, 0}, 0, out.buffer());
    return out;
  }
}
