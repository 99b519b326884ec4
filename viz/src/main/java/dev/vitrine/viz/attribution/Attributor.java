package dev.vitrine.viz.attribution;

import dev.vitrine.viz.method.Subject;
import java.util.Map;
import java.util.function.IntConsumer;

/** A method that gives each number of an input its part in an objective's value. */
public interface Attributor {

  /**
   * The map.
   *
   * @param progress is told how many more inputs went through the network, of {@link #work}
   */
  Attributed of(Subject subject, IntConsumer progress);

  /** How many inputs go through the network. */
  default int work(Subject subject) {
    return 1;
  }

  /**
   * What a method found.
   *
   * @param value the objective's for the input
   * @param map {@code [h, w, c]}, row-major, in the network's channel order, with respect to the
   *     preprocessed pixels
   * @param figures what else it tells, by name
   */
  record Attributed(double value, float[] map, Map<String, Double> figures) {
    Attributed(double value, float[] map) {
      this(value, map, Map.of());
    }
  }
}
