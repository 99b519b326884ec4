package dev.vitrine.viz.hypercolumn;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** The eigenvalues of a small symmetric matrix. */
final class Symmetric {
  private static final int SWEEPS = 50;

  private Symmetric() {}

  /**
   * What a matrix does to its own directions.
   *
   * @param values largest first
   * @param vectors {@code [n, n]}, a column each, one long
   */
  record Eigen(double[] values, double[] vectors) {}

  /**
   * By Jacobi's rotations, one entry at a time (Golub and Van Loan, "Matrix Computations", section
   * 8.5).
   *
   * @param matrix {@code [n, n]}; it is left as it is
   */
  static Eigen eigen(double[] matrix, int n) {
    double[] a = matrix.clone();
    double[] v = new double[n * n];
    for (int i = 0; i < n; i++) {
      v[i * n + i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS && !isDiagonal(a, n); sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          if (a[p * n + q] != 0) {
            rotate(a, v, n, p, q);
          }
        }
      }
    }
    int[] order =
        IntStream.range(0, n)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -a[i * n + i]))
            .mapToInt(i -> i)
            .toArray();
    double[] vectors = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        vectors[i * n + j] = v[i * n + order[j]];
      }
    }
    return new Eigen(Arrays.stream(order).mapToDouble(i -> a[i * n + i]).toArray(), vectors);
  }

  private static boolean isDiagonal(double[] a, int n) {
    double beside = 0;
    double on = 0;
    for (int i = 0; i < a.length; i++) {
      if (i / n == i % n) {
        on += a[i] * a[i];
      } else {
        beside += a[i] * a[i];
      }
    }
    return beside <= 1e-30 * on;
  }

  /** Turns rows and columns p and q so that their common entry is zero. */
  private static void rotate(double[] a, double[] v, int n, int p, int q) {
    double tau = (a[q * n + q] - a[p * n + p]) / (2 * a[p * n + q]);
    double t = (tau < 0 ? -1 : 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
    double c = 1 / Math.sqrt(1 + t * t);
    double s = t * c;
    for (int i = 0; i < n; i++) {
      turn(a, i * n + p, i * n + q, c, s);
      turn(v, i * n + p, i * n + q, c, s);
    }
    for (int i = 0; i < n; i++) {
      turn(a, p * n + i, q * n + i, c, s);
    }
  }

  private static void turn(double[] m, int p, int q, double c, double s) {
    double before = m[p];
    m[p] = c * before - s * m[q];
    m[q] = s * before + c * m[q];
  }
}
