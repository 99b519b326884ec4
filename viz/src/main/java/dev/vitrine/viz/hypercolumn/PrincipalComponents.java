package dev.vitrine.viz.hypercolumn;

import dev.vitrine.viz.method.ChannelMaps;
import java.util.Random;
import java.util.function.IntConsumer;

/**
 * The first principal components of a hypercolumn over its pixels (Pearson 1901): directions {@code
 * v} of the largest variance of {@code X v}, {@code X} the vectors less their mean. Each layer is
 * divided by the root of its channels' variances' sum, so that layers count the same however large
 * their numbers are and however many channels they have. A component has no sign of its own; it is
 * turned so that it grows with the channels' sum.
 *
 * <p>Subspace iteration (Golub and Van Loan, "Matrix Computations", section 8.2) on {@code X' X},
 * which is never made, and neither is {@code X}: it is a resampling of the layers' maps, so that
 * {@code X v} resamples a few products and {@code X' u} takes the resampling's transpose.
 *
 * @param scores {@code [height, width, count]}, row-major
 * @param shares of the whole variance, largest first, 0 to 1
 * @param rounds of the iteration
 */
public record PrincipalComponents(float[] scores, double[] shares, int rounds) {
  /** Rounds after which the rest is invisible. */
  public static final int ROUNDS = 100;

  private static final double ENOUGH = 1e-6;

  /** What is left of a map's square where it is the same everywhere, in float32. */
  private static final double ROUNDING = 1e-12;

  private static final int SPARE = 5;
  private static final int SEED = 1;

  /**
   * The first components.
   *
   * @param progress is told of each round, of {@link #ROUNDS} at most
   */
  public static PrincipalComponents of(Hypercolumn columns, int count, IntConsumer progress) {
    return new Iteration(columns, count).run(progress);
  }

  private static final class Iteration {
    private final Hypercolumn columns;
    private final int count;
    private final int pixels;
    private final int k;
    private final double[] means;
    private final double[] scales;
    private final double total;

    Iteration(Hypercolumn columns, int count) {
      this.columns = columns;
      this.count = count;
      this.pixels = columns.height() * columns.width();
      this.k = Math.min(count + SPARE, columns.channels());
      int channels = columns.channels();
      double[] sums = new double[channels];
      double[] squares = new double[channels];
      float[] row = new float[columns.width() * channels];
      for (int y = 0; y < columns.height(); y++) {
        columns.row(y, row);
        for (int i = 0; i < row.length; i += channels) {
          for (int c = 0; c < channels; c++) {
            sums[c] += row[i + c];
            squares[c] += (double) row[i + c] * row[i + c];
          }
        }
      }
      this.means = new double[channels];
      this.scales = new double[columns.layers().size()];
      int first = 0;
      double all = 0;
      for (int l = 0; l < scales.length; l++) {
        int end = first + columns.layers().get(l).channels();
        double square = 0;
        double variance = 0;
        for (int c = first; c < end; c++) {
          means[c] = sums[c] / pixels;
          square += squares[c] / pixels;
          variance += Math.max(0, squares[c] / pixels - means[c] * means[c]);
        }
        boolean flat = variance <= ROUNDING * square;
        scales[l] = flat ? 0 : 1 / Math.sqrt(variance);
        all += flat ? 0 : 1;
        first = end;
      }
      this.total = all;
    }

    PrincipalComponents run(IntConsumer progress) {
      int channels = columns.channels();
      Random random = new Random(SEED);
      double[] v = new double[channels * k];
      for (int i = 0; i < v.length; i++) {
        v[i] = random.nextGaussian();
      }
      orthonormalize(v, k);
      double[] u = forward(v);
      double[] before = new double[k];
      int rounds = 0;
      boolean settled = total == 0;
      while (!settled && rounds < ROUNDS) {
        v = backward(u);
        orthonormalize(v, k);
        u = forward(v);
        Symmetric.Eigen eigen = Symmetric.eigen(gram(u), k);
        v = times(v, eigen.vectors());
        u = times(u, eigen.vectors());
        rounds++;
        progress.accept(rounds);
        settled = true;
        for (int j = 0; j < Math.min(count, k); j++) {
          double change = Math.abs(eigen.values()[j] - before[j]);
          settled &= change <= ENOUGH * eigen.values()[0];
        }
        before = eigen.values();
      }
      return result(v, u, before, rounds);
    }

    private PrincipalComponents result(double[] v, double[] u, double[] variances, int rounds) {
      float[] scores = new float[pixels * count];
      double[] shares = new double[count];
      for (int j = 0; j < Math.min(count, k) && total > 0; j++) {
        double sum = 0;
        for (int c = 0; c < columns.channels(); c++) {
          sum += v[c * k + j];
        }
        shares[j] = variances[j] / pixels / total;
        for (int p = 0; p < pixels; p++) {
          scores[p * count + j] = (float) (sum < 0 ? -u[p * k + j] : u[p * k + j]);
        }
      }
      return new PrincipalComponents(scores, shares, rounds);
    }

    /** {@code X V}: {@code [pixels, k]} of {@code [channels, k]}. */
    private double[] forward(double[] v) {
      double[] u = new double[pixels * k];
      double[] shift = new double[k];
      int first = 0;
      for (int l = 0; l < scales.length; l++) {
        ChannelMaps maps = columns.layers().get(l);
        double[] low = new double[maps.h() * maps.w() * k];
        for (int p = 0, i = 0; p < maps.h() * maps.w(); p++) {
          for (int c = 0; c < maps.channels(); c++, i++) {
            double value = scales[l] * maps.values()[i];
            for (int j = 0; value != 0 && j < k; j++) {
              low[p * k + j] += value * v[(first + c) * k + j];
            }
          }
        }
        for (int c = 0; c < maps.channels(); c++) {
          for (int j = 0; j < k; j++) {
            shift[j] += scales[l] * means[first + c] * v[(first + c) * k + j];
          }
        }
        columns.resampling(l).add(low, k, u);
        first += maps.channels();
      }
      for (int i = 0; i < u.length; i++) {
        u[i] -= shift[i % k];
      }
      return u;
    }

    /** {@code X' U}: {@code [channels, k]} of {@code [pixels, k]}. */
    private double[] backward(double[] u) {
      double[] v = new double[columns.channels() * k];
      double[] sums = new double[k];
      for (int i = 0; i < u.length; i++) {
        sums[i % k] += u[i];
      }
      int first = 0;
      for (int l = 0; l < scales.length; l++) {
        ChannelMaps maps = columns.layers().get(l);
        double[] low = columns.resampling(l).transposed(u, k);
        for (int p = 0, i = 0; p < maps.h() * maps.w(); p++) {
          for (int c = 0; c < maps.channels(); c++, i++) {
            double value = scales[l] * maps.values()[i];
            for (int j = 0; value != 0 && j < k; j++) {
              v[(first + c) * k + j] += value * low[p * k + j];
            }
          }
        }
        for (int c = 0; c < maps.channels(); c++) {
          for (int j = 0; j < k; j++) {
            v[(first + c) * k + j] -= scales[l] * means[first + c] * sums[j];
          }
        }
        first += maps.channels();
      }
      return v;
    }

    private double[] gram(double[] u) {
      double[] gram = new double[k * k];
      for (int p = 0; p < u.length; p += k) {
        for (int i = 0; i < k; i++) {
          for (int j = 0; j < k; j++) {
            gram[i * k + j] += u[p + i] * u[p + j];
          }
        }
      }
      return gram;
    }

    private double[] times(double[] a, double[] q) {
      double[] product = new double[a.length];
      for (int p = 0; p < a.length; p += k) {
        for (int i = 0; i < k; i++) {
          for (int j = 0; j < k; j++) {
            product[p + j] += a[p + i] * q[i * k + j];
          }
        }
      }
      return product;
    }
  }

  /** Makes columns orthogonal and one long (Gram and Schmidt, modified); what is nothing is 0. */
  private static void orthonormalize(double[] v, int k) {
    for (int j = 0; j < k; j++) {
      double before = 0;
      for (int i = j; i < v.length; i += k) {
        before += v[i] * v[i];
      }
      for (int other = 0; other < j; other++) {
        double dot = 0;
        for (int i = 0; i < v.length; i += k) {
          dot += v[i + j] * v[i + other];
        }
        for (int i = 0; i < v.length; i += k) {
          v[i + j] -= dot * v[i + other];
        }
      }
      double squares = 0;
      for (int i = j; i < v.length; i += k) {
        squares += v[i] * v[i];
      }
      double length = squares > 1e-20 * before ? Math.sqrt(squares) : Double.POSITIVE_INFINITY;
      for (int i = j; i < v.length; i += k) {
        v[i] /= length;
      }
    }
  }
}
