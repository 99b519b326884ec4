package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomTensorTest {
  private static final RandomTensor TENSOR = new RandomTensor(7, 2, 3, 4, 5, 1f);

  @Test
  void valuesAreSpreadEvenlyBetweenMinusOneAndOne() {
    int[] tenths = new int[20];
    for (int i = 0; i < 20_000; i++) {
      float value = RandomTensor.uniform(3, i);
      assertThat(value).isBetween(-1f, Math.nextDown(1f));
      tenths[(int) Math.floor((value + 1) * 10)]++;
    }
    assertThat(Arrays.stream(tenths)).allMatch(count -> count > 850 && count < 1150);
  }

  @Test
  void anotherSeedGivesAnotherTensor() {
    assertThat(RandomTensor.uniform(1, 0)).isNotEqualTo(RandomTensor.uniform(2, 0));
    assertThat(RandomTensor.uniform(1, 5)).isEqualTo(RandomTensor.uniform(1, 5));
  }

  @ParameterizedTest
  @EnumSource(TensorLayout.class)
  void fillingPutsEveryElementInItsPlaceAndNothingElsewhere(TensorLayout layout) {
    float[] target = new float[(int) TENSOR.size() + 2];
    Arrays.fill(target, Float.NaN);
    layout.fill(target, TENSOR);
    for (int n = 0; n < 2; n++) {
      for (int c = 0; c < 3; c++) {
        for (int h = 0; h < 4; h++) {
          for (int w = 0; w < 5; w++) {
            int place = (int) layout.offset(n, c, h, w, 3, 4, 5);
            assertThat(target[place]).isEqualTo(TENSOR.value(n, c, h, w));
            target[place] = Float.NaN;
          }
        }
      }
    }
    for (float left : target) {
      assertThat(left).isNaN();
    }
  }

  @Test
  void channelsLieNextToEachOtherInNhwcAndColumnsInNchw() {
    assertThat(TensorLayout.NHWC.offset(1, 2, 3, 4, 3, 4, 5)).isEqualTo(((4 + 3) * 5 + 4) * 3 + 2);
    assertThat(TensorLayout.NCHW.offset(1, 2, 3, 4, 3, 4, 5)).isEqualTo(((3 + 2) * 4 + 3) * 5 + 4);
  }
}
