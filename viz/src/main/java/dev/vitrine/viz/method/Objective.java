package dev.vitrine.viz.method;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/** A number that a run yields and whose gradient is asked for: a class' score, a unit's value. */
public interface Objective {

  /** The layer whose output it reads; the run must listen to it. */
  String layer();

  /** Its value for the run's first image. */
  double value(Run run);

  /** Its derivative with respect to the layer's output, in the run's scope. */
  Tensor seed(Run run);
}
