package dev.vitrine.viz.trace;

import static dev.vitrine.engine.op.Functions.relu;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import java.util.List;
import java.util.Locale;

/**
 * What a ReLU sends back by one rule for the gradient that has arrived, made of what a hook sees.
 *
 * @param rule its name on the command line
 * @param zeroed how many numbers of the arriving gradient other than zero it turns to zero
 * @param sent what leaves
 * @param backwards {@code <x, what leaves>}; equal to {@code <y, g>} for a derivative only
 */
record RuleFigures(String rule, long zeroed, Figures sent, double backwards) {

  /** By all three rules, side by side. */
  static List<RuleFigures> of(BackwardContext c) {
    float[] arriving = c.gradOutput().toFloats();
    float[] x = c.inputs().get(0).toFloats();
    try (Tensor gradient = c.vjp(c.gradOutput()).get(0);
        Tensor guided = relu(gradient);
        Tensor deconvnet = relu(c.gradOutput())) {
      return List.of(
          of(ReluRule.GRADIENT, x, arriving, gradient.toFloats()),
          of(ReluRule.GUIDED, x, arriving, guided.toFloats()),
          of(ReluRule.DECONVNET, x, arriving, deconvnet.toFloats()));
    }
  }

  private static RuleFigures of(ReluRule rule, float[] x, float[] arriving, float[] sent) {
    long zeroed = 0;
    double product = 0;
    for (int i = 0; i < sent.length; i++) {
      zeroed += arriving[i] != 0 && sent[i] == 0 ? 1 : 0;
      product += (double) x[i] * sent[i];
    }
    return new RuleFigures(name(rule), zeroed, Figures.of(sent), product);
  }

  static String name(ReluRule rule) {
    return rule.name().toLowerCase(Locale.ROOT);
  }
}
