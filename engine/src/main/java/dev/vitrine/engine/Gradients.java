package dev.vitrine.engine;

import java.util.Map;
import java.util.Set;

/** What a backward pass found at the tensors that were asked for. */
public final class Gradients {
  private final Scope scope;
  private final Map<Tensor, Tensor> grads;
  private final Set<Tensor> wanted;

  Gradients(Scope scope, Map<Tensor, Tensor> grads, Set<Tensor> wanted) {
    this.scope = scope;
    this.grads = grads;
    this.wanted = wanted;
  }

  /**
   * The gradient at a tensor, zero where nothing flowed; the run owns it.
   *
   * @throws IllegalArgumentException if it was not asked for
   */
  public Tensor at(Tensor t) {
    if (!wanted.contains(t)) {
      throw new IllegalArgumentException("the gradient at " + t + " was not asked for");
    }
    return grads.computeIfAbsent(t, k -> scope.filled(k.shape(), 0));
  }
}
