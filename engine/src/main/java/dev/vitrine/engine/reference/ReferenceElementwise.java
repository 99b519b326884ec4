package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.Arrays;

/** Functions of single elements, of pairs under broadcasting, reductions and softmax. */
final class ReferenceElementwise {
  private ReferenceElementwise() {}

  static double unary(Unary kind, double alpha, double beta, double x) {
    return switch (kind) {
      case LINEAR -> alpha * x + beta;
      case RELU -> Math.max(x, 0);
      case LEAKY_RELU -> x > 0 ? x : alpha * x;
      case ELU -> x > 0 ? x : alpha * Math.expm1(x);
      case CLIP -> Math.min(Math.max(x, alpha), beta);
      case STEP -> x > alpha ? 1 : 0;
      case SIGN -> Math.signum(x);
      case ABS -> Math.abs(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.log(x);
      case POWER -> Math.pow(x, alpha);
      case SQRT -> Math.sqrt(x);
      case SQUARE -> x * x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case SILU -> x * sigmoid(x);
      case ERF -> erf(x);
      case GELU -> x / 2 * (1 + erf(x / Math.sqrt(2)));
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * The error function to about 1e-15: near zero by the series {@code 2 / sqrt(pi) * exp(-x^2) * (x
   * + 2 x^3 / 3 + 4 x^5 / 15 + ...)}, further out by the continued fraction of its complement
   * (Abramowitz and Stegun 7.1.6 and 7.1.14).
   */
  static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude > 6) {
      return Math.signum(x);
    }
    double exponential = Math.exp(-x * x);
    if (magnitude < 2.5 || Double.isNaN(x)) {
      double term = x;
      double sum = x;
      for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
        term *= 2 * x * x / (2 * n + 1);
        sum += term;
      }
      return 2 / Math.sqrt(Math.PI) * exponential * sum;
    }
    double fraction = magnitude;
    for (int n = 60; n >= 1; n--) {
      fraction = magnitude + n / 2.0 / fraction;
    }
    return Math.signum(x) * (1 - exponential / Math.sqrt(Math.PI) / fraction);
  }

  static double binary(Binary kind, double a, double b) {
    return switch (kind) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> Math.max(a, b);
      case MINIMUM -> Math.min(a, b);
      case GREATER -> a > b ? 1 : 0;
      case EQUAL -> a == b ? 1 : 0;
      case RELU_GRADIENT -> a > 0 ? b : 0;
      case RELU_GUIDED -> a > 0 && b > 0 ? b : 0;
      case RELU_DECONVNET -> b > 0 ? b : 0;
    };
  }

  static void binary(
      Binary kind, double[] a, Shape aShape, double[] b, Shape bShape, double[] y, Shape yShape) {
    long[] strides = yShape.strides();
    for (int i = 0; i < y.length; i++) {
      y[i] =
          binary(kind, a[place(i, yShape, strides, aShape)], b[place(i, yShape, strides, bShape)]);
    }
  }

  static void reduce(Reduction kind, double[] x, Shape xShape, double[] y, Shape yShape) {
    Arrays.fill(y, kind == Reduction.MAX ? Double.NEGATIVE_INFINITY : 0);
    long[] strides = xShape.strides();
    for (int i = 0; i < x.length; i++) {
      int to = place(i, xShape, strides, yShape);
      y[to] = kind == Reduction.MAX ? Math.max(y[to], x[i]) : y[to] + x[i];
    }
    if (kind == Reduction.MEAN) {
      int folded = x.length / y.length;
      for (int i = 0; i < y.length; i++) {
        y[i] /= folded;
      }
    }
  }

  /**
   * Where element {@code i} of a big array lies in a smaller one that broadcasts to it: the same
   * coordinates, counted from the last axis, but 0 along axes of extent 1.
   */
  private static int place(int i, Shape big, long[] bigStrides, Shape small) {
    int place = 0;
    int stride = 1;
    for (int axis = 1; axis <= small.rank(); axis++) {
      int coordinate = (int) (i / bigStrides[big.rank() - axis]) % big.dim(-axis);
      if (small.dim(-axis) != 1) {
        place += coordinate * stride;
      }
      stride *= small.dim(-axis);
    }
    return place;
  }

  static void softmax(double[] x, int classes, double[] y) {
    for (int row = 0; row < x.length; row += classes) {
      double max = Double.NEGATIVE_INFINITY;
      for (int k = 0; k < classes; k++) {
        max = Math.max(max, x[row + k]);
      }
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        y[row + k] = Math.exp(x[row + k] - max);
        sum += y[row + k];
      }
      for (int k = 0; k < classes; k++) {
        y[row + k] /= sum;
      }
    }
  }
}
