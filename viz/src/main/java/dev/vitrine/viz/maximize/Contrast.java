package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Elementwise;
import java.util.Set;

/**
 * How far an image is from grey, its L2 norm per pixel: {@code mean((color - 0.5)^2)}. With a
 * negative weight it is Simonyan et al.'s (2014) regularizer.
 */
public record Contrast() implements Goal {
  @Override
  public Set<String> layers() {
    return Set.of();
  }

  @Override
  public Tensor value(Scene scene) {
    Tensor fromGrey = scene.apply(new Elementwise(Unary.LINEAR, 1, -0.5), scene.colors());
    return LayerEnergy.meanSquare(scene, fromGrey);
  }

  @Override
  public String toString() {
    return "l2";
  }
}
