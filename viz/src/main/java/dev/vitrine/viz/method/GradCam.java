package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.Map;

/**
 * Grad-CAM (Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based
 * Localization", 2017): {@code relu(sum over c of w_c A_c)}, where {@code A} is a layer's output
 * and {@code w_c} the mean over the pixels of the objective's gradient there.
 *
 * @param relu false leaves the negative part in, which the paper cuts off
 */
public record GradCam(boolean relu) {

  /** A map {@code [h, w]}, row-major, at the layer's own resolution, before any normalization. */
  public record CamMap(int h, int w, float[] values) {}

  /**
   * The map of one run, which must have gradients and listen to both layers.
   *
   * @throws IllegalArgumentException if the layer's output is no image
   */
  public CamMap of(Run run, Objective objective, String layer) {
    Tensor activation = run.output(layer);
    Shape shape = activation.shape();
    if (shape.rank() != 4) {
      throw new IllegalArgumentException(
          "layer " + layer + " has output " + shape + ", which has no height and width");
    }
    float[] gradient;
    try (Tensor seed = objective.seed(run)) {
      Tensor at =
          run.backward(Map.of(run.output(objective.layer()), seed), List.of(activation))
              .at(activation);
      gradient = at.toFloats();
      at.close();
    }
    int pixels = shape.dim(1) * shape.dim(2);
    int channels = shape.dim(3);
    double[] weights = new double[channels];
    for (int i = 0; i < gradient.length; i++) {
      weights[i % channels] += gradient[i] / (double) pixels;
    }
    float[] a = activation.toFloats();
    float[] map = new float[pixels];
    for (int p = 0; p < pixels; p++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += weights[c] * a[p * channels + c];
      }
      map[p] = (float) (relu ? Math.max(sum, 0) : sum);
    }
    return new CamMap(shape.dim(1), shape.dim(2), map);
  }
}
