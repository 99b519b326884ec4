package dev.vitrine.engine.network;

import dev.vitrine.engine.Op;
import java.util.List;

/**
 * A named operation in a network. An activation is always a layer of its own.
 *
 * @param name unique in the network; Keras' name where it has one
 * @param op what it computes
 * @param inputs the layers whose outputs it reads, or the network's input
 * @param parameters the weights, which follow the inputs in the operation's arguments
 */
public record Layer(String name, Op op, List<String> inputs, List<Parameter> parameters) {}
