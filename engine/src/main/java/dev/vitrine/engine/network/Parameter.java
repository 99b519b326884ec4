package dev.vitrine.engine.network;

import dev.vitrine.engine.Tensor;

/**
 * A weight of a network, owned by it and frozen until somebody trains.
 *
 * @param name unique in the network: {@code block1_conv1/kernel}
 * @param value on the network's backend
 */
public record Parameter(String name, Tensor value) {}
