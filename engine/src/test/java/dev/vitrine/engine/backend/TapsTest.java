package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The weights of resampling against closed forms. */
final class TapsTest {

  /** Row {@code i} holds the weights of output pixel {@code i}. */
  private static double[][] matrix(Taps taps) {
    double[][] matrix = new double[taps.out()][taps.in()];
    for (int i = 0; i < taps.out(); i++) {
      for (int k = taps.starts()[i]; k < taps.starts()[i + 1]; k++) {
        matrix[i][taps.indices()[k]] += taps.weights()[k];
      }
    }
    return matrix;
  }

  private static void assertRow(Interpolation kind, int in, int out, int i, double... expected) {
    double[] row = matrix(Taps.of(kind, in, out))[i];
    assertThat(row)
        .as("%s %d -> %d, pixel %d", kind, in, out, i)
        .containsExactly(expected, Offset.offset(1e-15));
  }

  @Test
  void nearestTakesThePixelThatTheCentreFallsInto() {
    Taps down = Taps.of(Interpolation.NEAREST, 5, 2);
    assertThat(down.indices()).containsExactly(1, 3);
    Taps up = Taps.of(Interpolation.NEAREST, 3, 7);
    assertThat(up.indices()).containsExactly(0, 0, 1, 1, 1, 2, 2);
    // Centres exactly between two pixels take the right one, at any size.
    Taps half = Taps.of(Interpolation.NEAREST, 2 * 46341, 46341);
    assertThat(half.indices()[46340]).isEqualTo(2 * 46340 + 1);
  }

  @Test
  void bilinearWeighsTheTwoPixelsAroundTheCentreAndRepeatsTheEdges() {
    assertRow(Interpolation.BILINEAR, 3, 6, 0, 1, 0, 0);
    assertRow(Interpolation.BILINEAR, 3, 6, 1, 0.75, 0.25, 0);
    assertRow(Interpolation.BILINEAR, 3, 6, 2, 0.25, 0.75, 0);
    assertRow(Interpolation.BILINEAR, 3, 6, 5, 0, 0, 1);
    // Shrinking skips pixels: 8 -> 2 looks at 1.5 and 5.5.
    assertRow(Interpolation.BILINEAR, 8, 2, 0, 0, 0.5, 0.5, 0, 0, 0, 0, 0);
  }

  @Test
  void bicubicIsOpenCvsWithThreeQuartersAndClampedEdges() {
    // At a quarter: the kernel with a = -0.75 at 1.25, 0.25, 0.75 and 1.75.
    double far = -0.10546875;
    double near = 0.87890625;
    double next = 0.26171875;
    double last = -0.03515625;
    assertRow(Interpolation.BICUBIC, 4, 8, 3, far, near, next, last);
    assertRow(Interpolation.BICUBIC, 4, 8, 4, last, next, near, far);
    assertRow(Interpolation.BICUBIC, 4, 8, 1, far + near, next, last, 0);
    assertRow(Interpolation.BICUBIC, 4, 8, 0, last + next + near, far, 0, 0);
    assertRow(Interpolation.BICUBIC, 1, 3, 0, 1);
  }

  @Test
  void antialiasedBilinearWidensWhenShrinkingAndIsCutAtTheEdges() {
    assertRow(Interpolation.BILINEAR_ANTIALIASED, 4, 2, 0, 3 / 7.0, 3 / 7.0, 1 / 7.0, 0);
    assertRow(Interpolation.BILINEAR_ANTIALIASED, 6, 3, 1, 0, 0.125, 0.375, 0.375, 0.125, 0);
    assertRow(
        Interpolation.BILINEAR_ANTIALIASED,
        5,
        1,
        0,
        3 / 19.0,
        4 / 19.0,
        5 / 19.0,
        4 / 19.0,
        3 / 19.0);
    for (int i = 0; i < 6; i++) { // when growing, it is bilinear
      assertRow(
          Interpolation.BILINEAR_ANTIALIASED,
          3,
          6,
          i,
          matrix(Taps.of(Interpolation.BILINEAR, 3, 6))[i]);
    }
  }

  @Test
  void antialiasedBicubicIsPillowsWithAHalf() {
    // Growing, at a quarter, a = -0.5: 1.25, 0.25, 0.75 and 1.75.
    double far = -0.0703125;
    double near = 0.8671875;
    double next = 0.2265625;
    double last = -0.0234375;
    assertRow(Interpolation.BICUBIC_ANTIALIASED, 4, 8, 3, far, near, next, last);
    double inside = near + next + last; // cut at the edge and renormalized, not clamped
    assertRow(
        Interpolation.BICUBIC_ANTIALIASED, 4, 8, 1, near / inside, next / inside, last / inside, 0);
    // Halving, in the middle: the kernel at 0.25, 0.75, 1.25 and 1.75 on both sides, over 2.
    assertRow(
        Interpolation.BICUBIC_ANTIALIASED,
        12,
        6,
        2,
        0,
        last / 2,
        far / 2,
        next / 2,
        near / 2,
        near / 2,
        next / 2,
        far / 2,
        last / 2,
        0,
        0,
        0);
  }

  @Test
  void theWeightsOfAPixelSumToOneAndTheirIndicesRiseByOne() {
    for (Interpolation kind : Interpolation.values()) {
      for (int in = 1; in < 40; in++) {
        for (int out = 1; out < 40; out++) {
          Taps taps = Taps.of(kind, in, out);
          assertThat(taps.starts()).hasSize(out + 1);
          for (int i = 0; i < out; i++) {
            double sum = 0;
            for (int k = taps.starts()[i]; k < taps.starts()[i + 1]; k++) {
              sum += taps.weights()[k];
              int expected = taps.indices()[taps.starts()[i]] + k - taps.starts()[i];
              assertThat(taps.indices()[k]).isEqualTo(expected).isBetween(0, in - 1);
            }
            assertThat(sum).as("%s %d -> %d", kind, in, out).isCloseTo(1, Offset.offset(1e-14));
          }
        }
      }
    }
  }

  @Test
  void theTransposedTapsAreTheTransposedMatrix() {
    for (Interpolation kind : Interpolation.values()) {
      for (int[] sizes : new int[][] {{1, 1}, {7, 3}, {3, 7}, {5, 5}, {9, 1}, {1, 9}}) {
        Taps taps = Taps.of(kind, sizes[0], sizes[1]);
        Taps transposed = taps.transposed();
        assertThat(transposed.in()).isEqualTo(sizes[1]);
        assertThat(transposed.out()).isEqualTo(sizes[0]);
        double[][] back = matrix(transposed.transposed());
        assertThat(Arrays.deepEquals(back, matrix(taps))).as("%s twice", kind).isTrue();
        double[][] matrix = matrix(taps);
        double[][] other = matrix(transposed);
        for (int i = 0; i < matrix.length; i++) {
          for (int j = 0; j < other.length; j++) {
            assertThat(other[j][i]).isEqualTo(matrix[i][j]);
          }
        }
      }
    }
  }

  @Test
  void anEmptyAxisIsRefused() {
    assertThatThrownBy(() -> Taps.of(Interpolation.NEAREST, 0, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("resample: from 0 pixels to 3; both must be 1 or more");
  }
}
