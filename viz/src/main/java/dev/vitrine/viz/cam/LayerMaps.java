package dev.vitrine.viz.cam;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Subject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/**
 * A layer's maps for one input, and the objective's gradient there.
 *
 * @param a the output, {@code [h, w, channels]}
 * @param g the gradient at it, of the same shape; null where it was not asked for
 * @param value the objective's
 */
record LayerMaps(int h, int w, int channels, float[] a, float[] g, double value) {

  /** With gradients, from a run that has them and listens to both layers. */
  static LayerMaps of(Run run, Objective objective, String layer) {
    Tensor activation = run.output(layer);
    Shape shape = image(layer, activation.shape());
    try (Tensor seed = objective.seed(run)) {
      Tensor at =
          run.backward(Map.of(run.output(objective.layer()), seed), List.of(activation))
              .at(activation);
      float[] gradient = at.toFloats();
      at.close();
      return new LayerMaps(
          shape.dim(1),
          shape.dim(2),
          shape.dim(3),
          activation.toFloats(),
          gradient,
          objective.value(run));
    }
  }

  /** With or without gradients, of a run of its own. */
  static LayerMaps of(Subject subject, String layer, boolean gradients) {
    Set<String> heard = new LinkedHashSet<>(List.of(layer, subject.objective().layer()));
    try (Scope scope = new Scope(subject.network().backend());
        Run run =
            subject
                .network()
                .forward(
                    scope.of(subject.shape(), subject.input()),
                    new Listen(heard, false, gradients, false))) {
      if (gradients) {
        return of(run, subject.objective(), layer);
      }
      Shape shape = image(layer, run.output(layer).shape());
      return new LayerMaps(
          shape.dim(1),
          shape.dim(2),
          shape.dim(3),
          run.output(layer).toFloats(),
          null,
          subject.objective().value(run));
    }
  }

  /**
   * The shape of a layer's maps.
   *
   * @throws IllegalArgumentException if it has none
   */
  static Shape image(String layer, Shape shape) {
    if (shape.rank() != 4) {
      throw new IllegalArgumentException(
          "layer " + layer + " has output " + shape + ", which has no height and width");
    }
    return shape;
  }

  int pixels() {
    return h * w;
  }

  /** One channel's map, {@code [h, w]}. */
  float[] map(int channel) {
    float[] map = new float[pixels()];
    for (int p = 0; p < map.length; p++) {
      map[p] = a[p * channels + channel];
    }
    return map;
  }

  /** {@code sum over c of weight_c A_c}, its negative part cut off if asked. */
  CamMap weighed(IntToDoubleFunction weight, boolean relu) {
    double[] weights = new double[channels];
    for (int c = 0; c < channels; c++) {
      weights[c] = weight.applyAsDouble(c);
    }
    float[] map = new float[pixels()];
    for (int p = 0; p < map.length; p++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += weights[c] * a[p * channels + c];
      }
      map[p] = (float) (relu ? Math.max(sum, 0) : sum);
    }
    return new CamMap(h, w, map);
  }

  /** The sum over a channel's pixels of what a function says of the index in {@link #a}. */
  double sum(int channel, IntToDoubleFunction of) {
    double sum = 0;
    for (int i = channel; i < a.length; i += channels) {
      sum += of.applyAsDouble(i);
    }
    return sum;
  }
}
