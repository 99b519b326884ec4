package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Reduction;
import java.util.List;

/**
 * Folds each map of {@code [n, h, w, c]} to one number: {@code [n, c]}, or {@code [n, 1, 1, c]}.
 * The gradient is that of {@link Reduce}.
 *
 * @param kind MEAN for Keras' GlobalAveragePooling2D, MAX for its GlobalMaxPooling2D
 * @param keepAxes true if the output keeps its axes of one pixel
 */
public record GlobalPool2d(Reduction kind, boolean keepAxes) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = Operands.onlyImages(this, inputs);
    return keepAxes ? pixel(x) : Shape.of(x.dim(0), x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    try (Tensor folded = y.view(pixel(n.input(0).shape()))) {
      n.backend().reduce(kind, n.in(0), folded.buffer());
    }
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Shape pixel = pixel(n.input(0).shape());
    try (Tensor y = n.output().view(pixel);
        Tensor folded = g.view(pixel)) {
      return Reduce.spread(kind, n, y, folded);
    }
  }

  private static Shape pixel(Shape x) {
    return Shape.of(x.dim(0), 1, 1, x.dim(3));
  }
}
