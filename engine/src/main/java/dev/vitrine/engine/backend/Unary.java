package dev.vitrine.engine.backend;

/**
 * Element-wise functions of one array. {@code alpha} and {@code beta} are the numbers that come
 * with the call; functions that name none ignore them.
 */
public enum Unary {
  /** {@code alpha * x + beta} */
  LINEAR,
  /** {@code max(x, 0)} */
  RELU,
  /** {@code x > 0 ? x : alpha * x} */
  LEAKY_RELU,
  /** {@code x > 0 ? x : alpha * (exp(x) - 1)} */
  ELU,
  /** {@code min(max(x, alpha), beta)} */
  CLIP,
  /** {@code x > alpha ? 1 : 0} */
  STEP,
  /** {@code -1, 0 or 1} */
  SIGN,
  ABS,
  EXP,
  /** The natural logarithm. */
  LOG,
  /** {@code x} to the power of {@code alpha}. */
  POWER,
  SQRT,
  SQUARE,
  /** {@code 1 / (1 + exp(-x))} */
  SIGMOID,
  TANH,
  /** {@code log(1 + exp(x))}, without overflow. */
  SOFTPLUS,
  /** {@code x * sigmoid(x)} */
  SILU,
  /** The Gauss error function. */
  ERF,
  /** {@code x / 2 * (1 + erf(x / sqrt 2))} */
  GELU
}
