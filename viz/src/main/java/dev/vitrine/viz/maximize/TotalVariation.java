package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Slice;
import java.util.Set;

/**
 * How rough an image is: the mean of {@code |color(y + 1, x) - color(y, x)|} and that of its
 * neighbours in a row, added (after Mahendran and Vedaldi, 2015). With a negative weight images
 * become smooth.
 */
public record TotalVariation() implements Goal {
  @Override
  public Set<String> layers() {
    return Set.of();
  }

  @Override
  public Tensor value(Scene scene) {
    Tensor colors = scene.colors();
    return scene.apply(
        new Arithmetic(Binary.ADD), differences(scene, colors, 1), differences(scene, colors, 2));
  }

  private static Tensor differences(Scene scene, Tensor colors, int axis) {
    int count = colors.shape().dim(axis) - 1;
    Tensor ahead = scene.apply(new Slice(axis, 1, count), colors);
    Tensor behind = scene.apply(new Slice(axis, 0, count), colors);
    Tensor d = scene.apply(new Arithmetic(Binary.SUBTRACT), ahead, behind);
    return LayerEnergy.mean(scene, scene.apply(new Elementwise(Unary.ABS), d));
  }

  @Override
  public String toString() {
    return "tv";
  }
}
