package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GradientPictureTest {
  @Test
  void zeroIsNeutralGreyAndTheSignsGoBothWays() {
    assertThat(GradientPicture.aboutGrey(1, 2, new float[] {0, -2, 2, 1, -1, 0}).toFloats())
        .containsExactly(128, 1, 255, 192, 65, 128);
  }

  @Test
  void aGradientOfZeroIsGrey() {
    assertThat(GradientPicture.aboutGrey(2, 2, new float[12]).toFloats()).containsOnly(128);
  }

  @Test
  void oneOutlierDoesNotGreyOutTheRest() {
    float[] gradient = new float[30 * 30 * 3];
    Random random = new Random(3);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (float) random.nextGaussian();
    }
    float[] before = GradientPicture.aboutGrey(30, 30, gradient).toFloats();
    gradient[1000] = 1e6f;
    float[] after = GradientPicture.aboutGrey(30, 30, gradient).toFloats();
    for (int i = 0; i < after.length; i++) {
      if (i != 1000) {
        assertThat(Math.abs(after[i] - before[i])).isLessThanOrEqualTo(5);
      }
    }
  }

  @Test
  void aSmallReceptiveFieldIsAsBrightAsALargeOne() {
    float[] gradient = new float[100 * 100 * 3];
    gradient[5000] = 1e-4f;
    gradient[5001] = -1e-4f;
    float[] picture = GradientPicture.aboutGrey(100, 100, gradient).toFloats();
    assertThat(picture[5000]).isEqualTo(255);
    assertThat(picture[5001]).isEqualTo(1);
  }

  @Test
  void notANumberIsDrawnAsNothing() {
    float[] gradient = {Float.NaN, 1, Float.NEGATIVE_INFINITY};
    assertThat(GradientPicture.aboutGrey(1, 1, gradient).toFloats()).containsExactly(128, 255, 128);
  }

  @Test
  void theMagnitudeIsTheLargestOfTheChannels() {
    HeatMap map = GradientPicture.magnitude(1, 2, new float[] {1, -3, 2, 0, 0.5f, -0.25f});
    assertThat(map.values()).containsExactly(3, 0.5f);
  }
}
