package dev.vitrine.viz.attribution;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * Integrated gradients (Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks",
 * 2017): {@code (x - b) * integral over t in 0..1 of df/dx(b + t (x - b))}, by Gauss-Legendre
 * quadrature. The map sums to {@code f(x) - f(b)}; what is missing of that is the completeness gap,
 * reported among the figures as {@code gap}, with {@code atBaseline}, {@code f(b)}.
 *
 * @param steps nodes of the quadrature, 1 or more
 * @param baseline {@code b}, of the input's size, preprocessed
 */
public record IntegratedGradients(int steps, float[] baseline) implements Attributor {

  /** Checks the steps. */
  public IntegratedGradients {
    if (steps < 1) {
      throw new IllegalArgumentException(steps + " steps, expected 1 or more");
    }
  }

  @Override
  public int work(Subject subject) {
    return steps + 2;
  }

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    float[] x = subject.input();
    if (baseline.length != x.length) {
      throw new IllegalArgumentException(
          "a baseline of %d numbers for an input of %d".formatted(baseline.length, x.length));
    }
    GaussLegendre rule = GaussLegendre.of(steps);
    double[] integral = new double[x.length];
    Batches batches = new Batches(subject, progress);
    double[] ends =
        batches.values(
            2,
            (i, batch, offset) ->
                System.arraycopy(i == 0 ? x : baseline, 0, batch, offset, x.length));
    batches.gradients(
        ReluRule.GRADIENT,
        steps,
        (k, batch, offset) -> {
          for (int i = 0; i < x.length; i++) {
            batch[offset + i] = (float) (baseline[i] + rule.nodes()[k] * (x[i] - baseline[i]));
          }
        },
        (k, value, g, offset) -> {
          for (int i = 0; i < x.length; i++) {
            integral[i] += rule.weights()[k] * g[offset + i];
          }
        });
    float[] map = new float[x.length];
    double sum = 0;
    for (int i = 0; i < map.length; i++) {
      double part = (x[i] - baseline[i]) * integral[i];
      sum += part;
      map[i] = (float) part;
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put("atBaseline", ends[1]);
    figures.put("sum", sum);
    figures.put("gap", ends[0] - ends[1] - sum);
    return new Attributed(ends[0], map, figures);
  }
}
