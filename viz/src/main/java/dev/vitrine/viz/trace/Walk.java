package dev.vitrine.viz.trace;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Objective;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The way of a score back through a network, as the hooks on its layers see it. What they are shown
 * is all that a {@link Trace} is made of.
 */
public final class Walk implements AutoCloseable {
  private final Network network;
  private final List<Hook> hooks = new ArrayList<>();
  private final List<BackwardContext> steps = new ArrayList<>();

  /** Listens to every layer; begun before the forward pass, so that each layer runs by itself. */
  public Walk(Network network) {
    this.network = network;
    for (Layer layer : network.layers()) {
      hooks.add(
          network.onBackwardEach(
              layer.name(),
              c -> {
                steps.add(c);
                return null;
              }));
    }
  }

  /**
   * Sends an objective's gradient back to the input, and writes down what every layer made of it.
   *
   * @param run has gradients and listens to the objective's layer
   * @param rule what ReLUs send back
   * @param all true for every channel; else so many of each layer that the page stays small
   * @param progress told of every layer that has been written down, with 1
   * @throws IllegalArgumentException if the rule finds no ReLU on the way
   */
  public Trace back(
      Run run, Objective objective, ReluRule rule, boolean all, IntConsumer progress) {
    steps.clear();
    Tensor x = run.input();
    try (Tensor seed = objective.seed(run)) {
      Map<Tensor, Tensor> seeds = Map.of(run.output(objective.layer()), seed);
      Tensor gradient = run.backward(seeds, List.of(x), rule).at(x);
      return Trace.of(
          network, List.copyOf(steps), x, gradient, objective.value(run), rule, all, progress);
    }
  }

  /** Takes the hooks away. Idempotent. */
  @Override
  public void close() {
    hooks.forEach(Hook::close);
  }
}
