package dev.vitrine.kernels.probe;

/** The elements of a four-dimensional tensor, {@code [n, c, h, w]} whatever its layout. */
@FunctionalInterface
interface TensorValues {
  float value(int n, int c, int h, int w);
}
