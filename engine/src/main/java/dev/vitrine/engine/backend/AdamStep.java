package dev.vitrine.engine.backend;

/**
 * One step of Adam (Kingma and Ba, 2015, with L2 weight decay as PyTorch's {@code optim.Adam} has
 * it), counted from 1:
 *
 * <pre>
 * g = g + weightDecay * x;  m = beta1 * m + (1 - beta1) * g;  v = beta2 * v + (1 - beta2) * g*g
 * x = x - lr * (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)</pre>
 */
public record AdamStep(
    double learningRate, double beta1, double beta2, double epsilon, double weightDecay, int step) {

  /** Checks that the step is counted from 1. */
  public AdamStep {
    if (step < 1) {
      throw new IllegalArgumentException("Adam's steps are counted from 1, not " + step);
    }
  }
}
