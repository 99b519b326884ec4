package dev.vitrine.viz.cam;

import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * Grad-CAM (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
 * Localization", 2017): {@code relu(sum over c of w_c A_c)}, where {@code A} is a layer's output
 * and {@code w_c} the mean over the pixels of the objective's gradient there.
 *
 * @param relu false leaves the negative part in, which the paper cuts off
 */
public record GradCam(boolean relu) implements CamMethod {

  /** As in the paper. */
  public GradCam() {
    this(true);
  }

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    CamMap map = of(LayerMaps.of(subject, layer, true));
    progress.accept(1);
    return map;
  }

  /**
   * The map of one run, which must have gradients and listen to both layers.
   *
   * @throws IllegalArgumentException if the layer's output is no image
   */
  public CamMap of(Run run, Objective objective, String layer) {
    return of(LayerMaps.of(run, objective, layer));
  }

  private CamMap of(LayerMaps maps) {
    return maps.weighed(c -> maps.sum(c, i -> maps.g()[i]) / maps.pixels(), relu);
  }
}
