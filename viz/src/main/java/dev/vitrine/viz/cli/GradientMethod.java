package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.viz.method.InputGradient;
import dev.vitrine.weights.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The methods of {@code attribute}, by the names that the command line knows. */
enum GradientMethod {
  GRADIENT(ReluRule.GRADIENT),
  GUIDED(ReluRule.GUIDED),
  DECONVNET(ReluRule.DECONVNET);

  private final ReluRule rule;

  GradientMethod(ReluRule rule) {
    this.rule = rule;
  }

  InputGradient method() {
    return new InputGradient(rule);
  }

  static GradientMethod parse(String name) {
    for (GradientMethod m : values()) {
      if (m.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return m;
      }
    }
    throw new BadInputException(
        "method '"
            + name
            + "' is not known; known are "
            + Arrays.stream(values())
                .map(GradientMethod::toString)
                .collect(Collectors.joining(", ")));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
