package dev.vitrine.engine;

import java.util.Map;

/** What a backward pass found at the tensors that were asked for. */
public final class Gradients {
  private final Map<Tensor, Tensor> grads;

  Gradients(Map<Tensor, Tensor> grads) {
    this.grads = grads;
  }

  /**
   * The gradient at a tensor, zero where nothing flowed; the run owns it.
   *
   * @throws IllegalArgumentException if it was not asked for
   */
  public Tensor at(Tensor t) {
    Tensor g = grads.get(t);
    if (g == null) {
      throw new IllegalArgumentException("the gradient at " + t + " was not asked for");
    }
    return g;
  }
}
