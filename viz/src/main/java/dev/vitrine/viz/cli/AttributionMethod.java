package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.weights.BadInputException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The methods of {@code attribute}, by the names that the command line knows. */
enum AttributionMethod {
  GRADIENT,
  GRADIENT_X_INPUT,
  SMOOTHGRAD("--samples", "--noise", "--form"),
  INTEGRATED_GRADIENTS("--steps", "--baseline"),
  GUIDED,
  DECONVNET,
  GUIDED_GRADCAM("--layer"),
  OCCLUSION("--baseline", "--window", "--stride");

  /** Options that only some of the methods take. */
  static final List<String> OPTIONS =
      Arrays.stream(values()).flatMap(m -> m.options.stream()).distinct().toList();

  private final Set<String> options;

  AttributionMethod(String... options) {
    this.options = Set.of(options);
  }

  boolean takes(String option) {
    return options.contains(option);
  }

  /** True for those that are a rule at the ReLUs. */
  boolean isRule() {
    return this == GRADIENT || this == GUIDED || this == DECONVNET;
  }

  /** The rule of one that is. */
  ReluRule rule() {
    return ReluRule.valueOf(name());
  }

  static AttributionMethod parse(String name) {
    for (AttributionMethod m : values()) {
      if (m.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return m;
      }
    }
    throw new BadInputException("method '" + name + "' is not known; known are " + names());
  }

  static String names() {
    return Arrays.stream(values())
        .map(AttributionMethod::toString)
        .collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
