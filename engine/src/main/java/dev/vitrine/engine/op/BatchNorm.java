package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.util.List;

/**
 * Batch normalization with fixed statistics (Ioffe and Szegedy, 2015, at inference): {@code y = (x
 * - mean) / sqrt(variance + epsilon) * gamma + beta} per channel. Inputs: {@code x [..., c]}, then
 * gamma, beta, mean and variance, each {@code [c]}. The statistics have no gradient.
 */
public record BatchNorm(double epsilon) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 5, 5);
    for (Shape s : inputs.subList(1, 5)) {
      if (!s.equals(Shape.of(inputs.get(0).dim(-1)))) {
        throw new IllegalArgumentException(
            "statistics " + s + " do not fit the channels of " + inputs.get(0));
      }
    }
    return inputs.get(0);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    try (Tensor normal = normalized(n);
        Tensor scaled = n.make(normal.shape())) {
      n.backend().binary(Binary.MULTIPLY, normal.buffer(), n.in(1), scaled.buffer());
      n.backend().binary(Binary.ADD, scaled.buffer(), n.in(2), y.buffer());
    }
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    var b = n.backend();
    Tensor out = n.make(n.input(i).shape());
    switch (i) {
      case 0 -> {
        try (Tensor deviation = deviation(n);
            Tensor scale = n.make(deviation.shape())) {
          b.binary(Binary.DIVIDE, n.in(1), deviation.buffer(), scale.buffer());
          b.binary(Binary.MULTIPLY, g.buffer(), scale.buffer(), out.buffer());
        }
      }
      case 1 -> {
        try (Tensor normal = normalized(n);
            Tensor product = n.make(g.shape())) {
          b.binary(Binary.MULTIPLY, g.buffer(), normal.buffer(), product.buffer());
          Reduce.sumToVector(product, out);
        }
      }
      case 2 -> Reduce.sumToVector(g, out);
      default ->
          throw new IllegalArgumentException(
              "fixed statistics have no gradient; do not ask for it");
    }
    return out;
  }

  private Tensor normalized(Node n) {
    Tensor out = n.make(n.input(0).shape());
    try (Tensor centred = n.make(out.shape());
        Tensor deviation = deviation(n)) {
      n.backend().binary(Binary.SUBTRACT, n.in(0), n.in(3), centred.buffer());
      n.backend().binary(Binary.DIVIDE, centred.buffer(), deviation.buffer(), out.buffer());
    }
    return out;
  }

  /** {@code sqrt(variance + epsilon)} */
  private Tensor deviation(Node n) {
    Tensor out = n.make(n.input(4).shape());
    try (Tensor sum = n.make(out.shape())) {
      n.backend().unary(Unary.LINEAR, 1, epsilon, n.in(4), sum.buffer());
      n.backend().unary(Unary.SQRT, 0, 0, sum.buffer(), out.buffer());
    }
    return out;
  }
}
