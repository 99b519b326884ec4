package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;

/**
 * The same elements under another shape, without a copy; the batch axis stays. {@code target} is
 * the shape without the batch axis; one extent may be -1 and is worked out.
 */
public record Reshape(List<Integer> target) implements Op {

  /** Checks that extents are positive, but for one -1. */
  public Reshape {
    target = List.copyOf(target);
    if (target.stream().anyMatch(d -> d < 1 && d != -1)
        || target.stream().filter(d -> d == -1).count() > 1) {
      throw new IllegalArgumentException(
          "target " + target + " should have positive extents, and -1 once at most");
    }
  }

  /** Keras' Flatten: {@code [n, h, w, c]} to {@code [n, h * w * c]}, in that order. */
  public static Reshape flatten() {
    return new Reshape(List.of(-1));
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.only(this, inputs);
    long row = x.size() / Math.max(x.dim(0), 1);
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
    return n.scope().view(g, n.input(0).shape());
  }
}
