package dev.vitrine.viz.method;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.Map;

/**
 * A batch of one size that goes through a network again and again, with other numbers each time.
 * What goes in and what comes out lies in tensors that stay, so that a GPU can replay the rest.
 */
final class RepeatedBatch implements AutoCloseable {
  private final Objective objective;
  private final Scope scope;
  private final Tensor x;
  private final Tensor output;
  private final Tensor seed;
  private final Tensor gradient;
  private final Repeated step;

  /**
   * Prepares it.
   *
   * @param from the layer whose output the numbers stand for, or null for the network's input
   * @param rule of the backward pass, or null for none
   */
  RepeatedBatch(Subject subject, String from, int size, Listen listen, ReluRule rule) {
    Network network = subject.network();
    Backend backend = network.backend();
    objective = subject.objective();
    scope = new Scope(backend);
    try {
      x = scope.make(Shape.of(size, subject.height(), subject.width(), subject.channels()));
      Shape at =
          network
              .shapesFrom(from == null ? network.input() : from, x.shape(), listen)
              .get(objective.layer());
      output = scope.make(at);
      seed = rule == null ? null : scope.of(at, objective.seed(at));
      gradient = rule == null ? null : scope.make(x.shape());
      step =
          network.repeat(
              () -> {
                try (Run run =
                    from == null
                        ? network.forward(x, listen)
                        : network.forwardFrom(from, x, listen)) {
                  Tensor made = run.output(objective.layer());
                  copy(backend, made, output);
                  if (rule != null) {
                    copy(
                        backend,
                        run.backward(Map.of(made, seed), List.of(x), rule).at(x),
                        gradient);
                  }
                }
              });
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private static void copy(Backend backend, Tensor from, Tensor to) {
    backend.unary(Unary.LINEAR, 1, 0, from.buffer(), to.buffer());
  }

  /** Runs the network on {@code [n, h, w, c]} numbers. */
  void run(float[] numbers) {
    x.backend().upload(x.buffer(), 0, numbers, 0, numbers.length);
    step.run();
  }

  /** The objective's values of the last run. */
  double[] values() {
    return objective.values(output);
  }

  /** The gradients of the last run, {@code [n, h, w, c]}. */
  float[] gradients() {
    return gradient.toFloats();
  }

  @Override
  public void close() {
    step.close();
    scope.close();
  }
}
