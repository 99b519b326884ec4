package dev.vitrine.viz.hypercolumn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.viz.method.ChannelMaps;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PrincipalComponentsTest {

  @Test
  void aSymmetricMatrixIsTurnedToItsOwnDirections() {
    Symmetric.Eigen eigen = Symmetric.eigen(new double[] {2, 1, 1, 2}, 2);

    assertThat(eigen.values()[0]).isCloseTo(3, within(1e-12));
    assertThat(eigen.values()[1]).isCloseTo(1, within(1e-12));
    assertThat(eigen.vectors()[0]).isCloseTo(eigen.vectors()[2], within(1e-12));
    assertThat(eigen.vectors()[1]).isCloseTo(-eigen.vectors()[3], within(1e-12));
  }

  /** Two channels that grow together by 3 and apart by 1: variance 9 and 1 of 10. */
  @Test
  void theLargestVarianceComesFirst() {
    float[] values = {4, 2, 2, 4, -2, -4, -4, -2};
    PrincipalComponents found =
        PrincipalComponents.of(
            new Hypercolumn(List.of(new ChannelMaps("maps", 2, 2, 2, values)), 2, 2), 2, n -> {});

    assertThat(found.shares()[0]).isCloseTo(0.9, within(1e-6));
    assertThat(found.shares()[1]).isCloseTo(0.1, within(1e-6));
    // Divided by the root of the sum of the variances, 20; it grows with the channels' sum.
    double score = 6 / Math.sqrt(2) / Math.sqrt(20);
    double[] expected = {score, score, -score, -score};
    for (int p = 0; p < 4; p++) {
      assertThat((double) found.scores()[2 * p]).isCloseTo(expected[p], within(1e-5));
    }
  }

  @Test
  void theyAreThoseOfTheWholeMatrixOfVectors() {
    List<ChannelMaps> layers =
        List.of(HypercolumnTest.maps(6, 6, 7, 1), HypercolumnTest.maps(3, 3, 12, 2));
    Hypercolumn columns = new Hypercolumn(layers, 9, 8);
    PrincipalComponents found = PrincipalComponents.of(columns, 3, n -> {});

    double[][] x = centred(columns, new int[] {7, 12});
    double[] covariance = new double[19 * 19];
    for (double[] vector : x) {
      for (int i = 0; i < 19; i++) {
        for (int j = 0; j < 19; j++) {
          covariance[i * 19 + j] += vector[i] * vector[j] / x.length;
        }
      }
    }
    Symmetric.Eigen whole = Symmetric.eigen(covariance, 19);
    for (int k = 0; k < 3; k++) {
      assertThat(found.shares()[k]).isCloseTo(whole.values()[k] / 2, within(1e-4));
      double same = 0;
      double ours = 0;
      for (int p = 0; p < x.length; p++) {
        double score = 0;
        for (int c = 0; c < 19; c++) {
          score += x[p][c] * whole.vectors()[c * 19 + k];
        }
        same += score * found.scores()[p * 3 + k];
        ours += found.scores()[p * 3 + k] * found.scores()[p * 3 + k];
      }
      double theirs = whole.values()[k] * x.length;
      assertThat(Math.abs(same)).isCloseTo(Math.sqrt(ours * theirs), within(1e-2 * theirs));
    }
  }

  /** The vectors less their mean, each layer divided by its deviation. */
  private static double[][] centred(Hypercolumn columns, int[] layers) {
    int n = columns.height() * columns.width();
    int channels = columns.channels();
    double[][] x = new double[n][channels];
    float[] row = new float[columns.width() * channels];
    for (int p = 0; p < n; p++) {
      columns.row(p / columns.width(), row);
      for (int c = 0; c < channels; c++) {
        x[p][c] = row[p % columns.width() * channels + c];
      }
    }
    int first = 0;
    for (int size : layers) {
      double variance = 0;
      for (int c = first; c < first + size; c++) {
        double mean = 0;
        for (double[] vector : x) {
          mean += vector[c] / n;
        }
        for (double[] vector : x) {
          vector[c] -= mean;
          variance += vector[c] * vector[c] / n;
        }
      }
      for (double[] vector : x) {
        for (int c = first; c < first + size; c++) {
          vector[c] /= Math.sqrt(variance);
        }
      }
      first += size;
    }
    return x;
  }

  @Test
  void mapsThatAreTheSameEverywhereHaveNone() {
    float[] flat = {3, 3, 3, 3};
    PrincipalComponents found =
        PrincipalComponents.of(
            new Hypercolumn(List.of(new ChannelMaps("flat", 2, 2, 1, flat)), 5, 5), 3, n -> {});

    assertThat(found.shares()).containsOnly(0);
    assertThat(found.scores()).containsOnly(0).hasSize(75);
  }
}
