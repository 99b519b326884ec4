package dev.vitrine.engine;

import dev.vitrine.engine.backend.Binary;

/**
 * What a ReLU sends back for the gradient {@code g} that arrives at its output, {@code x} being its
 * input. The three are the named forms of what a backward hook can do in a line.
 */
public enum ReluRule {
  /** The derivative: {@code x > 0 ? g : 0}; the slope at 0 is 0. */
  GRADIENT(Binary.RELU_GRADIENT),
  /** Guided backpropagation (Springenberg et al., 2015): {@code x > 0 && g > 0 ? g : 0}. */
  GUIDED(Binary.RELU_GUIDED),
  /** The deconvnet (Zeiler and Fergus, 2014): {@code g > 0 ? g : 0}, whatever x is. */
  DECONVNET(Binary.RELU_DECONVNET);

  private final Binary kind;

  ReluRule(Binary kind) {
    this.kind = kind;
  }

  /** The backend's function of (x or the ReLU's output, g). */
  public Binary kind() {
    return kind;
  }
}
