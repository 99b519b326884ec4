package dev.vitrine.viz.verify;

import dev.vitrine.weights.KnownModel;
import java.util.List;
import java.util.Optional;

/**
 * What a model is held against.
 *
 * @param known the model of the zoo whose structure it has
 * @param asPublished true if its file should be the zoo's own, false if it may be other weights for
 *     the same structure
 * @param answers what it should say of pictures
 */
public record Expectation(
    Optional<KnownModel> known, boolean asPublished, List<KnownAnswer> answers) {
  /** Nothing is known of it. */
  public static final Expectation NONE = new Expectation(Optional.empty(), false, List.of());

  /** It is a model of the zoo. */
  public static Expectation of(KnownModel model) {
    return new Expectation(Optional.of(model), true, KnownAnswer.of(model));
  }

  /** It has the structure of one. */
  public static Expectation ofStructure(KnownModel model) {
    return new Expectation(Optional.of(model), false, KnownAnswer.of(model));
  }

  /** The same, with an answer that somebody knows, and that one alone. */
  public Expectation with(KnownAnswer answer) {
    return new Expectation(known, asPublished, List.of(answer));
  }
}
