package dev.vitrine.engine.backend;

/** Element-wise functions of two arrays {@code a} and {@code b}, with NumPy's broadcasting. */
public enum Binary {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MAXIMUM,
  MINIMUM,
  /** {@code a > b ? 1 : 0} */
  GREATER,
  /** {@code a == b ? 1 : 0} */
  EQUAL,
  /** The ReLU's derivative: {@code a > 0 ? b : 0}; a ReLU's input or output, its gradient. */
  RELU_GRADIENT,
  /** Guided backpropagation's rule: {@code a > 0 && b > 0 ? b : 0}. */
  RELU_GUIDED,
  /** The deconvnet's rule: {@code b > 0 ? b : 0}; {@code a} is not looked at. */
  RELU_DECONVNET
}
