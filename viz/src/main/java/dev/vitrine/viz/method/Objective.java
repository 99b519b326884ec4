package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/**
 * A number that a run yields for each of its images and whose gradient is asked for: a class'
 * score, a unit's value.
 */
public interface Objective {

  /** The layer whose output it reads; the run must listen to it. */
  String layer();

  /** Its value for each of the images, given the layer's output. */
  double[] values(Tensor output);

  /**
   * The derivative of each image's value with respect to the layer's output, which is the same
   * whatever the output is.
   *
   * @throws IllegalStateException if it must be {@link #resolved} first
   */
  double[] seed(Shape output);

  /** Itself, with what it leaves to the first image worked out: where a map is largest, say. */
  default Objective resolved(Tensor output) {
    return this;
  }

  /** Its value for a run's first image. */
  default double value(Run run) {
    Tensor output = run.output(layer());
    return resolved(output).values(output)[0];
  }

  /** The derivative of each image's value with respect to the layer's output, in its scope. */
  default Tensor seed(Run run) {
    Tensor output = run.output(layer());
    return run.scope().of(output.shape(), resolved(output).seed(output.shape()));
  }
}
