package dev.vitrine.engine.backend;

/**
 * What a convolution or a matrix product does with each element of its result before storing it.
 */
public enum PostOp {
  NONE,
  /** {@code max(y, 0)}; a NaN may come out as 0. */
  RELU
}
