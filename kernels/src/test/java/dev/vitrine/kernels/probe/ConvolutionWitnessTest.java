package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionWitnessTest {
  private static final TensorValues COUNTING = (n, c, h, w) -> 4 * h + w;
  private static final TensorValues ONES = (n, c, h, w) -> 1;

  @Test
  void aWindowOfOnesAddsUpWhatItCovers() {
    ConvolutionShape shape = new ConvolutionShape(1, 1, 4, 4, 1, 3, 0);
    ConvolutionWitness witness = new ConvolutionWitness(shape, COUNTING, ONES, ONES);
    assertThat(
            new double[] {
              witness.forward(0, 0, 0, 0),
              witness.forward(0, 0, 0, 1),
              witness.forward(0, 0, 1, 0),
              witness.forward(0, 0, 1, 1)
            })
        .containsExactly(45, 54, 81, 90);
  }

  @Test
  void paddingCountsAsZero() {
    ConvolutionShape shape = new ConvolutionShape(1, 1, 4, 4, 1, 3, 1);
    ConvolutionWitness witness = new ConvolutionWitness(shape, COUNTING, ONES, ONES);
    assertThat(witness.forward(0, 0, 0, 0)).isEqualTo(0 + 1 + 4 + 5);
    assertThat(witness.forward(0, 0, 3, 3)).isEqualTo(10 + 11 + 14 + 15);
    assertThat(witness.data(0, 0, 0, 0)).isEqualTo(4);
    assertThat(witness.data(0, 0, 1, 1)).isEqualTo(9);
  }

  @Test
  void theKernelIsNotRotated() {
    ConvolutionShape shape = new ConvolutionShape(1, 1, 4, 4, 1, 3, 0);
    TensorValues lastTap = (n, c, h, w) -> h == 2 && w == 2 ? 1 : 0;
    ConvolutionWitness witness = new ConvolutionWitness(shape, COUNTING, lastTap, ONES);
    assertThat(witness.forward(0, 0, 0, 0)).isEqualTo(10);
    assertThat(witness.weights(0, 0, 2, 2)).isEqualTo(10 + 11 + 14 + 15);
  }

  @ParameterizedTest
  @CsvSource({"1,1,4,4,1,3,1", "2,3,5,4,2,3,1", "1,2,6,7,3,3,0", "3,2,4,4,2,1,0", "1,2,5,5,2,5,2"})
  void bothGradientsAreTheForwardPassesAdjoints(
      int batch, int channels, int height, int width, int filters, int kernel, int pad) {
    ConvolutionShape s = new ConvolutionShape(batch, channels, height, width, filters, kernel, pad);
    RandomTensor x = RandomTensor.input(s, 1);
    RandomTensor w = RandomTensor.weights(s, 2);
    RandomTensor dy = RandomTensor.outputGradient(s, 3);
    ConvolutionWitness witness = new ConvolutionWitness(s, x, w, dy);
    double forward = product(dy, witness::forward);
    double scale = Math.sqrt((double) s.outputSize());
    assertThat(product(x, witness::data)).as("%s", s).isCloseTo(forward, within(1e-12 * scale));
    assertThat(product(w, witness::weights)).as("%s", s).isCloseTo(forward, within(1e-12 * scale));
  }

  private interface Element {
    double at(int a, int b, int i, int j);
  }

  private static double product(RandomTensor tensor, Element other) {
    double sum = 0;
    for (int a = 0; a < tensor.batch(); a++) {
      for (int b = 0; b < tensor.channels(); b++) {
        for (int i = 0; i < tensor.height(); i++) {
          for (int j = 0; j < tensor.width(); j++) {
            sum += tensor.value(a, b, i, j) * other.at(a, b, i, j);
          }
        }
      }
    }
    return sum;
  }
}
