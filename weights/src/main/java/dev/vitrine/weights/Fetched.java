package dev.vitrine.weights;

import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.keras.Architecture;
import java.util.function.Supplier;

/**
 * What is known about a model whose file a user fetches, and which holds weights only.
 *
 * @param name as {@link dev.vitrine.weights.fetch.Catalog} has it
 * @param labels null where there are no classes
 */
record Fetched(
    String name, Architecture architecture, Preprocessing preprocessing, Supplier<Labels> labels) {}
