package dev.vitrine.engine.op;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.util.List;

/** {@code a sigmoid(b)} of the last axis' halves a and b (Dauphin et al., 2017). */
public record Glu() implements Composed {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.only(this, inputs);
    if (x.dim(-1) % 2 != 0) {
      throw new IllegalArgumentException(
          x + " has no two halves: its last axis should have an even extent");
    }
    return x.with(-1, x.dim(-1) / 2);
  }

  @Override
  public Tensor compute(Steps steps, List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    int half = x.shape().dim(-1) / 2;
    Tensor gate = steps.of(Unary.SIGMOID, steps.apply(new Slice(-1, half, half), x));
    return steps.of(Binary.MULTIPLY, steps.apply(new Slice(-1, 0, half), x), gate);
  }
}
