package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Reduce;
import dev.vitrine.engine.op.Reshape;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The mean square of a whole layer's output, whose gradient strengthens whatever the layer sees:
 * DeepDream (Mordvintsev et al., "Inceptionism", 2015).
 */
public record LayerEnergy(String layer) implements Goal {
  @Override
  public Set<String> layers() {
    return Set.of(layer);
  }

  @Override
  public Tensor value(Scene scene) {
    return meanSquare(scene, scene.output(layer));
  }

  /** The mean square of each image's numbers, {@code [n, 1]}. */
  static Tensor meanSquare(Scene scene, Tensor x) {
    Tensor squares = scene.apply(new Elementwise(Unary.SQUARE), x);
    return mean(scene, squares);
  }

  /** The mean of each image's numbers, {@code [n, 1]}. */
  static Tensor mean(Scene scene, Tensor x) {
    Integer[] axes = IntStream.range(1, x.shape().rank()).boxed().toArray(Integer[]::new);
    Tensor mean = scene.apply(new Reduce(Reduction.MEAN, axes), x);
    return scene.apply(new Reshape(java.util.List.of(1)), mean);
  }

  @Override
  public String toString() {
    return layer;
  }
}
