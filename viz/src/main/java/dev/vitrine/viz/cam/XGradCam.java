package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * XGrad-CAM (Fu, Hu, Dong, Guo, Gao and Li, "Axiom-based Grad-CAM", 2020): {@code relu(sum over c
 * of w_c A_c)} with {@code w_c} the gradient's mean weighed by the map's own values, {@code sum (g
 * A) / sum A}.
 */
public record XGradCam() implements CamMethod {
  /** Keeps the denominator from zero; as in pytorch-grad-cam. */
  private static final double EPSILON = 1e-7;

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, true);
    progress.accept(1);
    return maps.weighed(
        c ->
            maps.sum(c, i -> (double) maps.g()[i] * maps.a()[i])
                / (maps.sum(c, i -> maps.a()[i]) + EPSILON),
        true);
  }
}
