package dev.vitrine.weights;

import dev.vitrine.weights.image.Labels;
import dev.vitrine.weights.image.Preprocessing;
import java.util.Optional;

/**
 * What a user says about a model; it goes before what the model brings.
 *
 * @param preprocessing how pictures are prepared
 * @param labels what the classes are called
 */
public record Overrides(Optional<Preprocessing> preprocessing, Optional<Labels> labels) {
  /** Nothing: the model's own. */
  public static final Overrides NONE = new Overrides(Optional.empty(), Optional.empty());
}
