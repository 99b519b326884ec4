package dev.vitrine.kernels.probe;

/** Compares floats by their bits, so that a NaN equals itself and -0 does not equal 0. */
final class Bits {
  private Bits() {}

  static boolean equal(float[] a, float[] b) {
    if (a.length != b.length) {
      return false;
    }
    for (int i = 0; i < a.length; i++) {
      if (Float.floatToRawIntBits(a[i]) != Float.floatToRawIntBits(b[i])) {
        return false;
      }
    }
    return true;
  }
}
