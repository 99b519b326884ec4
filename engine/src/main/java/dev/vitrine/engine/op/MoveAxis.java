package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts one axis in another's place and keeps the order of the others, as between {@code [n, c, h,
 * w]} and {@code [n, h, w, c]}. Slice by slice along the axis: no backend needs to know it, and
 * nothing is rounded.
 *
 * @param from which axis, 1 or more
 * @param to where it is afterwards, 1 or more
 */
public record MoveAxis(int from, int to) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.only(this, inputs);
    if (from < 1 || to < 1 || Math.max(from, to) >= x.rank()) {
      throw new IllegalArgumentException(
          "axis %d of %s can't be moved to %d".formatted(from, x, to));
    }
    return moved(x);
  }

  @Override
  public Tensor forward(Node n) {
    return moved(n, n.input(0));
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    return new MoveAxis(to, from).moved(n, g);
  }

  private Tensor moved(Node n, Tensor x) {
    Shape whole = moved(x.shape());
    List<Integer> one = new ArrayList<>();
    for (int d : whole.with(to, 1).dims()) {
      one.add(d);
    }
    Reshape turned = new Reshape(one.subList(1, one.size()));
    List<Tensor> parts = new ArrayList<>();
    for (int k = 0; k < x.shape().dim(from); k++) {
      try (Tensor slice = run(n, new Slice(from, k, 1), List.of(x))) {
        parts.add(run(n, turned, List.of(slice)));
      }
    }
    Tensor y = run(n, new Concat(to), parts);
    parts.forEach(Tensor::close);
    return y;
  }

  private static Tensor run(Node n, Op op, List<Tensor> inputs) {
    return Node.run(op, n.scope(), inputs, false).output();
  }

  private Shape moved(Shape x) {
    List<Integer> dims = new ArrayList<>();
    for (int d : x.dims()) {
      dims.add(d);
    }
    dims.add(to, dims.remove(from));
    return Shape.of(dims.stream().mapToInt(d -> d).toArray());
  }
}
