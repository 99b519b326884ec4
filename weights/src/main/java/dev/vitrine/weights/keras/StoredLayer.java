package dev.vitrine.weights.keras;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The weights of one layer as a file has them.
 *
 * @param place where they are, for messages
 * @param present false if there is no such place
 * @param names what is listed there, in Keras' order
 * @param open finds the array of a name
 */
record StoredLayer(
    String place,
    boolean present,
    List<String> names,
    Function<String, Optional<StoredArray>> open) {}
