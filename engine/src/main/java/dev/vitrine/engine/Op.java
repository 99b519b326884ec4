package dev.vitrine.engine;

import java.util.List;

/**
 * An operation and its derivative, both in terms of the backend's primitives. Immutable: what a
 * call must remember for its derivative stands in its {@link Node}. Derivatives are first order
 * only: they are not on the tape themselves.
 */
public interface Op {

  /**
   * The shape of the output.
   *
   * @throws IllegalArgumentException if the inputs do not fit, in one line
   */
  Shape shape(List<Shape> inputs);

  /** Computes the output in the node's scope; {@link Node#save} keeps what the derivative needs. */
  Tensor forward(Node node);

  /**
   * The vector-Jacobian product: the gradient at input {@code i} for the gradient {@code g} at the
   * output. Asked only for inputs that need one. Always a tensor of its own, never {@code g}.
   */
  Tensor gradient(Node node, Tensor g, int i);

  /** This operation with its ReLU, if it has one, under the given rule. */
  default Op under(ReluRule rule) {
    return this;
  }

  /** True if a ReLU rule makes a difference here. */
  default boolean hasRelu() {
    return false;
  }

  /** What tables and errors call this operation. */
  default String type() {
    return getClass().getSimpleName();
  }
}
