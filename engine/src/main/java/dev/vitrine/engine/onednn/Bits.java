package dev.vitrine.engine.onednn;

/**
 * Comparisons of float32 numbers by their bits, without a jump: the compiler turns these loops into
 * vector instructions, which it does not do with a condition. What is not a number compares false.
 */
final class Bits {
  private static final int ONE = Float.floatToRawIntBits(1);
  private static final int INFINITY = Float.floatToRawIntBits(Float.POSITIVE_INFINITY);

  private static final int LARGEST = Float.floatToRawIntBits(Float.MAX_VALUE);

  private Bits() {}

  /**
   * All ones where the number is above zero, else zero: its bits, as an integer, are neither
   * negative nor zero, nor above those of infinity.
   */
  private static int above(int x) {
    return ~((x - 1) | x) >> 31 & ~((INFINITY - x) >> 31);
  }

  /** All ones where an integer is zero, else zero. */
  private static int zero(int x) {
    return ~((x | -x) >> 31);
  }

  /** Whether all numbers are finite, the two of the largest magnitude left aside. */
  static boolean ordinary(int[] x, int count) {
    int above = 0;
    for (int i = 0; i < count; i++) {
      above |= LARGEST - 1 - (x[i] & Integer.MAX_VALUE);
    }
    return above >= 0;
  }

  /** {@code x > 0 ? 1 : 0}, in place. */
  static void positive(int[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = above(x[i]) & ONE;
    }
  }

  /** {@code a == b ? 1 : 0} into {@code b}: the same bits of a number, or zeros of any sign. */
  static void equal(int[] a, int[] b, int count) {
    for (int i = 0; i < count; i++) {
      int number = ~((INFINITY - (a[i] & Integer.MAX_VALUE)) >> 31);
      b[i] = (zero(a[i] ^ b[i]) & number | zero((a[i] | b[i]) << 1)) & ONE;
    }
  }

  /** {@code a > 0 ? b : 0} into {@code b}. */
  static void reluGradient(int[] a, int[] b, int count) {
    for (int i = 0; i < count; i++) {
      b[i] &= above(a[i]);
    }
  }

  /** {@code a > 0 && b > 0 ? b : 0} into {@code b}. */
  static void reluGuided(int[] a, int[] b, int count) {
    for (int i = 0; i < count; i++) {
      b[i] &= above(a[i]) & above(b[i]);
    }
  }

  /** {@code b > 0 ? b : 0} into {@code b}. */
  static void reluDeconvnet(int[] b, int count) {
    for (int i = 0; i < count; i++) {
      b[i] &= above(b[i]);
    }
  }
}
