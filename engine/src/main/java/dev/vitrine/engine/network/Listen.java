package dev.vitrine.engine.network;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a caller wants of a forward pass beyond the network's output.
 *
 * @param layers whose outputs can be asked for afterwards, and have gradients
 * @param gradients true if a backward pass may follow
 * @param weights true if that may ask for the weights' gradients
 */
public record Listen(Set<String> layers, boolean gradients, boolean weights) {

  /** Copies the set; weight gradients imply gradients. */
  public Listen {
    layers = Set.copyOf(layers);
    gradients |= weights;
  }

  /** The output alone. */
  public static Listen toOutput() {
    return new Listen(Set.of(), false, false);
  }

  /** The output and those of some layers. */
  public static Listen to(String... layers) {
    return new Listen(new LinkedHashSet<>(List.of(layers)), false, false);
  }

  /** The same, with a backward pass to the input and the layers. */
  public Listen withGradients() {
    return new Listen(layers, true, weights);
  }

  /** The same, with a backward pass to the weights too. */
  public Listen withWeightGradients() {
    return new Listen(layers, true, true);
  }
}
