package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Reduce;
import java.util.Set;

/**
 * How little images side by side resemble each other in style: for each, less the sum over the
 * others of the cosine between their layer's Gram matrices, {@code -sum_j <G_i, G_j> / (|G_i|
 * |G_j|)} (Olah, Mordvintsev and Schubert, "Feature Visualization", 2017).
 *
 * @param layer a layer with output {@code [n, h, w, c]}
 */
public record Diversity(String layer) implements Goal {
  private static final double EPSILON = 1e-10;

  @Override
  public Set<String> layers() {
    return Set.of(layer);
  }

  @Override
  public Tensor value(Scene scene) {
    Tensor grams = scene.apply(new Gram(), scene.output(layer)); // [n, c * c]
    Tensor squares = sum(scene, 1, scene.apply(new Elementwise(Unary.SQUARE), grams));
    Tensor floor = scene.constant(this, Shape.of(1, 1), EPSILON);
    Tensor norms =
        scene.apply(
            new Elementwise(Unary.SQRT),
            scene.apply(new Arithmetic(Binary.MAXIMUM), squares, floor));
    Tensor unit = scene.apply(new Arithmetic(Binary.DIVIDE), grams, norms);
    Tensor others = scene.apply(new Arithmetic(Binary.SUBTRACT), unit, sum(scene, 0, unit));
    return sum(scene, 1, scene.apply(new Arithmetic(Binary.MULTIPLY), unit, others));
  }

  private static Tensor sum(Scene scene, int axis, Tensor x) {
    return scene.apply(new Reduce(Reduction.SUM, axis), x);
  }

  @Override
  public String toString() {
    return "diversity(" + layer + ")";
  }
}
