package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/**
 * Takes a part along one axis; the gradient elsewhere is zero.
 *
 * @param axis which; negative counts from the end
 * @param start its first
 * @param count its extent
 */
public record Slice(int axis, int start, int count) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.only(this, inputs);
    if (start < 0 || count < 1 || start + count > x.dim(axis)) {
      throw new IllegalArgumentException(
          "%s has no %d elements from %d on along axis %d".formatted(x, count, start, axis));
    }
    return x.with(axis, count);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().slice(n.in(0), at(y.shape()), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().pad(g.buffer(), at(g.shape()), 0, out.buffer());
    return out;
  }

  private int[] at(Shape shape) {
    int[] at = new int[shape.rank()];
    at[shape.index(axis)] = start;
    return at;
  }
}
