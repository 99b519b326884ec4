package dev.vitrine.engine.network;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a caller wants of a forward pass. Only the layers that something wanted depends on run, and
 * their hooks, so that a network whose dense layers need images of one size runs on other sizes up
 * to its last map.
 *
 * @param layers whose outputs can be asked for afterwards, and have gradients
 * @param output true if the network's output is wanted too
 * @param gradients true if a backward pass may follow
 * @param weights true if that may ask for the weights' gradients
 */
public record Listen(Set<String> layers, boolean output, boolean gradients, boolean weights) {

  /**
   * Copies the set; weight gradients imply gradients.
   *
   * @throws IllegalArgumentException if nothing is wanted
   */
  public Listen {
    layers = Set.copyOf(layers);
    gradients |= weights;
    if (layers.isEmpty() && !output) {
      throw new IllegalArgumentException("a run without the output must name the layers wanted");
    }
  }

  /** The output and those of some layers. */
  public Listen(Set<String> layers, boolean gradients, boolean weights) {
    this(layers, true, gradients, weights);
  }

  /** The output alone. */
  public static Listen toOutput() {
    return new Listen(Set.of(), false, false);
  }

  /** The output and those of some layers. */
  public static Listen to(String... layers) {
    return new Listen(new LinkedHashSet<>(List.of(layers)), false, false);
  }

  /** Some layers without the network's output: what none of them depends on does not run. */
  public static Listen only(String... layers) {
    return new Listen(new LinkedHashSet<>(List.of(layers)), false, false, false);
  }

  /** The same, with a backward pass to the input and the layers. */
  public Listen withGradients() {
    return new Listen(layers, output, true, weights);
  }

  /** The same, with a backward pass to the weights too. */
  public Listen withWeightGradients() {
    return new Listen(layers, output, true, true);
  }
}
