package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/**
 * The same elements under another shape, without a copy; the batch axis stays. {@code target} is
 * the shape without the batch axis, one extent may be -1 and is worked out; empty means one axis:
 * Keras' Flatten, in H, W, C order.
 */
public record Reshape(List<Integer> target) implements Op {

  /** Keras' Flatten: {@code [n, h, w, c]} to {@code [n, h * w * c]}. */
  public static Reshape flatten() {
    return new Reshape(List.of(-1));
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    long row = x.dim(0) == 0 ? 0 : x.size() / x.dim(0);
    long known = 1;
    for (int d : target) {
      known *= d == -1 ? 1 : d;
    }
    int[] dims = new int[target.size() + 1];
    dims[0] = x.dim(0);
    for (int i = 0; i < target.size(); i++) {
      dims[i + 1] = target.get(i) == -1 ? Math.toIntExact(row / known) : target.get(i);
    }
    Shape y = Shape.of(dims);
    if (y.size() != x.size()) {
      throw new IllegalArgumentException(x + " can't be given the shape " + y);
    }
    return y;
  }

  @Override
  public Tensor forward(Node n) {
    Shape y = shape(List.of(n.input(0).shape()));
    return n.scope().adopt(n.backend().reshape(n.in(0), y), "reshaped");
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    return g.view(n.input(0).shape());
  }
}
