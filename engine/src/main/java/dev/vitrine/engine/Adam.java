package dev.vitrine.engine;

import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Backend;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Adam (Kingma and Ba, 2015), see {@link AdamStep} for the formula: moves tensors against their
 * gradients, in place. Keeps two moments per tensor until it is closed.
 */
public final class Adam implements AutoCloseable {
  private final double learningRate;
  private final double weightDecay;
  private final Scope scope;
  private final Map<Tensor, Moments> moments = new IdentityHashMap<>();

  private static final class Moments {
    final Tensor first;
    final Tensor second;
    int step;

    Moments(Scope scope, Shape shape) {
      first = scope.filled(shape, 0);
      second = scope.filled(shape, 0);
    }
  }

  /** With beta1 = 0.9, beta2 = 0.999 and epsilon = 1e-8, the paper's and everybody's. */
  public Adam(Backend backend, double learningRate, double weightDecay) {
    this.scope = new Scope(backend);
    this.learningRate = learningRate;
    this.weightDecay = weightDecay;
  }

  /** One step of one tensor downhill: {@code x} changes, the gradient does not. */
  public void step(Tensor x, Tensor gradient) {
    Moments m = moments.computeIfAbsent(x, k -> new Moments(scope, k.shape()));
    m.step++;
    AdamStep step = new AdamStep(learningRate, 0.9, 0.999, 1e-8, weightDecay, m.step);
    x.backend().adam(step, gradient.buffer(), m.first.buffer(), m.second.buffer(), x.buffer());
  }

  /** Frees the moments; the tensors stay the caller's. */
  @Override
  public void close() {
    moments.clear();
    scope.close();
  }
}
