package dev.vitrine.viz.method;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/**
 * A number that a run yields for each of its images and whose gradient is asked for: a class'
 * score, a unit's value.
 */
public interface Objective {

  /** The layer whose output it reads; the run must listen to it. */
  String layer();

  /** Its value for each of the run's images. */
  double[] values(Run run);

  /** Its value for the run's first image. */
  default double value(Run run) {
    return values(run)[0];
  }

  /** The derivative of each image's value with respect to the layer's output, in its scope. */
  Tensor seed(Run run);
}
