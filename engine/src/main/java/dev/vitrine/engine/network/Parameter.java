package dev.vitrine.engine.network;

import dev.vitrine.engine.Tensor;

/**
 * A weight of a network, owned by it and frozen until somebody trains.
 *
 * @param name unique in the network: {@code block1_conv1/kernel}
 * @param value on the network's backend
 * @param constant true for what the network does not have and the engine needs: the ones that a
 *     normalization without a scale multiplies with, say
 */
public record Parameter(String name, Tensor value, boolean constant) {
  Parameter(String name, Tensor value) {
    this(name, value, false);
  }

  /** How many numbers the network has in it; none in a constant. */
  public long count() {
    return constant ? 0 : value.shape().size();
  }
}
