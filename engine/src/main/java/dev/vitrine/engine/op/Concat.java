package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Buffer;
import java.util.List;

/**
 * Puts tensors side by side; each one's gradient is its slice of the output's.
 *
 * @param axis along which; negative counts from the end, -1 being the channels
 */
public record Concat(int axis) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 1, Integer.MAX_VALUE);
    Shape first = inputs.get(0);
    int sum = 0;
    for (Shape s : inputs) {
      if (s.rank() != first.rank()
          || !s.equals(first) && !s.with(axis, first.dim(axis)).equals(first)) {
        throw new IllegalArgumentException(
            s + " can't stand beside " + first + " along axis " + axis);
      }
      sum += s.dim(axis);
    }
    return first.with(axis, sum);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    Buffer[] parts = new Buffer[n.inputs().size()];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = n.in(i);
    }
    n.backend().concat(List.of(parts), y.shape().index(axis), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    int[] start = new int[g.shape().rank()];
    for (int before = 0; before < i; before++) {
      start[g.shape().index(axis)] += n.input(before).shape().dim(axis);
    }
    Tensor out = n.make(n.input(i).shape());
    n.backend().slice(g.buffer(), start, out.buffer());
    return out;
  }
}
