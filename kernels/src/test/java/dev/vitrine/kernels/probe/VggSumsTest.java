package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class VggSumsTest {
  private final VggSums sums = new VggSums("cudnn", 1, TensorLayout.NHWC, Precision.FLOAT32, 3);

  @Test
  void aLayerOfTheSameShapeCountsWithItsTwinsTime() {
    sums.add("search", Direction.FORWARD, "a", 1.5);
    sums.add("search", Direction.FORWARD, "b", 2);
    sums.repeat("b", "c");
    assertThat(sums.rows(Direction.values()).get(0).millis())
        .containsOnly(java.util.Map.entry(Direction.FORWARD, 5.5));
  }

  @Test
  void thereIsNoSumWhereALayerIsMissing() {
    sums.add("search", Direction.FORWARD, "a", 1.5);
    sums.add("search", Direction.FORWARD, "b", 2);
    sums.repeat("nothing", "c");
    assertThat(sums.rows(Direction.values()).get(0).millis()).isEmpty();
  }

  @Test
  void vgg16HasItsKnownWeightsAndItsKnownWork() {
    assertThat(
            Vgg16.LAYERS.stream()
                .mapToLong(l -> l.shape().weightSize() + l.shape().filters())
                .sum())
        .isEqualTo(14_714_688);
    assertThat(Vgg16.LAYERS.stream().mapToDouble(l -> l.shape().flops()).sum() / 2e9)
        .isBetween(15.346, 15.348);
  }

  @Test
  void neighboursInVgg16FitTogether() {
    for (int i = 1; i < Vgg16.LAYERS.size(); i++) {
      Vgg16.Layer before = Vgg16.LAYERS.get(i - 1);
      ConvolutionShape shape = Vgg16.LAYERS.get(i).shape();
      assertThat(shape.channels()).isEqualTo(before.shape().filters());
      assertThat(shape.height())
          .isEqualTo(before.shape().outputHeight() / (before.pooled() ? 2 : 1));
    }
  }

  @Test
  void aKernelLargerThanThePaddedInputIsRefused() {
    assertThatThrownBy(() -> new ConvolutionShape(1, 1, 2, 2, 1, 5, 1))
        .hasMessage("kernel 5 does not fit into 2x2 padded by 1");
  }
}
