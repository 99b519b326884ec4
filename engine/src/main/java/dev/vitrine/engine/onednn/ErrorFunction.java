package dev.vitrine.engine.onednn;

/** The Gauss error function to float32's precision. */
final class ErrorFunction {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  /** Up to here the power series is summed; its largest term is 10, and doubles have 16 digits. */
  private static final double SERIES_END = 2;

  /** Coefficients {@code (-1)^n / (n! (2n + 1))} of {@code x^(2n+1)}; the last is 1e-12 at 2. */
  private static final double[] SERIES = new double[26];

  static {
    double factor = 1;
    for (int n = 0; n < SERIES.length; n++) {
      SERIES[n] = factor / (2 * n + 1);
      factor /= -(n + 1);
    }
  }

  private ErrorFunction() {}

  /** Abramowitz and Stegun 7.1.5 near zero, their rational approximation 7.1.26 further out. */
  static double of(double x) {
    double magnitude = Math.abs(x);
    if (magnitude >= SERIES_END) {
      double t = 1 / (1 + 0.3275911 * magnitude);
      double polynomial =
          ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t
                  + 0.254829592)
              * t;
      return Math.signum(x) * (1 - polynomial * Math.exp(-x * x));
    }
    double square = x * x;
    double sum = 0;
    for (int n = SERIES.length - 1; n >= 0; n--) {
      sum = sum * square + SERIES[n];
    }
    return TWO_OVER_ROOT_PI * x * sum; // a NaN comes here
  }
}
