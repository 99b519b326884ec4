package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import java.util.Arrays;
import java.util.List;

/**
 * The nearest point to {@code x} whose elements along the last axis are probabilities (Martins and
 * Astudillo, From Softmax to Sparsemax, 2016): {@code y = max(x - t, 0)}, with {@code t} such that
 * they sum to 1. The gradient is {@code g} less its mean over the elements that are not zero, and
 * zero at the others.
 *
 * <p>Found without sorting, after Michelot (1986): {@code t = (sum - 1) / count} of all elements,
 * then of those above t, until none falls out any more. Keras 3.15's own adds partial sums where
 * one is meant, so that its rows need not sum to 1; the two agree where a single element is left.
 */
public record Sparsemax() implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    try (Scope room = new Scope(n.backend())) {
      Steps s = Functions::call;
      Tensor x = room.view(n.input(0), n.input(0).shape());
      // Less the largest, which changes nothing but rounding.
      Tensor z = s.of(Binary.SUBTRACT, x, s.fold(Reduction.MAX, x));
      Tensor kept = room.filled(x.shape(), 1);
      double[] before = null;
      double[] count = s.fold(Reduction.SUM, kept).toDoubles();
      Tensor above = z;
      while (!Arrays.equals(before, count)) {
        before = count;
        Tensor sum = s.fold(Reduction.SUM, s.of(Binary.MULTIPLY, z, kept));
        Tensor t = s.of(Binary.DIVIDE, s.linear(1, -1, sum), s.fold(Reduction.SUM, kept));
        above = s.of(Binary.SUBTRACT, z, t);
        kept = s.of(Binary.MULTIPLY, kept, s.above(0, above));
        count = s.fold(Reduction.SUM, kept).toDoubles();
      }
      try (Tensor clipped = s.relu(above)) {
        n.backend().binary(Binary.MULTIPLY, clipped.buffer(), kept.buffer(), y.buffer());
      }
    }
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(g.shape());
    try (Scope room = new Scope(n.backend())) {
      Steps s = Functions::call;
      Tensor at = room.view(g, g.shape());
      Tensor kept = s.above(0, room.view(n.output(), g.shape()));
      Tensor there = s.of(Binary.MULTIPLY, at, kept);
      Tensor mean = s.of(Binary.DIVIDE, s.fold(Reduction.SUM, there), s.fold(Reduction.SUM, kept));
      Tensor centred = s.of(Binary.SUBTRACT, at, mean);
      n.backend().binary(Binary.MULTIPLY, centred.buffer(), kept.buffer(), out.buffer());
    }
    return out;
  }
}
