package dev.vitrine.kernels;

/**
 * A number that kernels divide indices by, as a multiplication and a shift: {@code n / d} is {@code
 * (high(n * multiplier) + n) >> shift} for all {@code n < 2^31} (Granlund and Montgomery, Division
 * by Invariant Integers using Multiplication, 1994). {@code index.cuh} divides.
 */
record Divisor(int divisor, int multiplier, int shift) {

  static Divisor of(int divisor) {
    if (divisor < 1) {
      throw new IllegalArgumentException("a kernel divides by 1 or more, not by " + divisor);
    }
    int shift = 32 - Integer.numberOfLeadingZeros(divisor - 1);
    long multiplier = (((1L << shift) - divisor) << 32) / divisor + 1;
    return new Divisor(divisor, (int) multiplier, shift);
  }
}
