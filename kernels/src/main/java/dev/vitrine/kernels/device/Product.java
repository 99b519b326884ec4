package dev.vitrine.kernels.device;

/** A matrix product {@code [m, k] [k, n]} of row-major operands, each as it is or transposed. */
public record Product(boolean transposeA, boolean transposeB, int m, int n, int k) {}
