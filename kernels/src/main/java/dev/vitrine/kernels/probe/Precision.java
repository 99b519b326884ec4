package dev.vitrine.kernels.probe;

import java.util.Locale;

/**
 * How float32 products may be computed: strictly, or with inputs rounded to TF32's 10-bit mantissa.
 */
enum Precision {
  FLOAT32(1e-4),
  TF32(1e-2);

  private final double errorLimit;

  Precision(double errorLimit) {
    this.errorLimit = errorLimit;
  }

  /**
   * The largest error, relative to the root mean square of the outputs, that still passes. TF32's
   * own rounding is about 1e-3 in this measure and float32's about 1e-6, so that TF32 where float32
   * was asked for fails.
   */
  double errorLimit() {
    return errorLimit;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
