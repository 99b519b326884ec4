package dev.vitrine.engine.op;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import java.util.List;

/**
 * Keras' ReLU with all its settings: {@code x} up to {@code max} where {@code x > threshold}, and
 * {@code slope (x - threshold)} elsewhere.
 *
 * @param slope of what lies below the threshold
 * @param max the largest output, infinite for none
 * @param threshold what an input must be larger than
 */
public record BentRelu(double slope, double max, double threshold) implements Composed {

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.only(this, inputs);
  }

  @Override
  public Tensor compute(Steps steps, List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Tensor passed = steps.of(Binary.MULTIPLY, x, steps.above(threshold, x));
    Tensor above = steps.clip(0, max, passed);
    Tensor below = steps.relu(steps.linear(-1, threshold, x));
    return steps.of(Binary.SUBTRACT, above, steps.linear(slope, 0, below));
  }
}
