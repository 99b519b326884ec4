package dev.vitrine.engine.op;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import java.util.List;

/**
 * {@code max(x, 0) - alpha max(-x, 0)} with learned slopes (He et al., Delving Deep into
 * Rectifiers, 2015). Inputs: {@code x [n, ...]}, and alpha, which broadcasts to it.
 */
public record PRelu() implements Composed {

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 2, 2);
    Shape x = inputs.get(0);
    if (!Shape.broadcast(x, inputs.get(1)).equals(x)) {
      throw new IllegalArgumentException("slopes " + inputs.get(1) + " do not fit " + x);
    }
    return x;
  }

  @Override
  public Tensor compute(Steps steps, List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Tensor below = steps.relu(steps.linear(-1, 0, x));
    return steps.of(
        Binary.SUBTRACT, steps.relu(x), steps.of(Binary.MULTIPLY, inputs.get(1), below));
  }
}
