package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/** A class activation map: where a layer's maps speak for an objective. */
public interface CamMethod {

  /**
   * The map of a layer.
   *
   * @param progress is told how many more inputs went through the network, of {@link #work}
   * @throws IllegalArgumentException if the layer's output is no image
   */
  CamMap of(Subject subject, String layer, IntConsumer progress);

  /** How many inputs go through the network. */
  default int work(Subject subject, String layer) {
    return 1;
  }
}
