package dev.vitrine.viz.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BoxBlurTest {
  @Test
  void aPointBecomesABox() {
    float[] image = new float[7 * 7];
    image[3 * 7 + 3] = 9;

    float[] blurred = new BoxBlur(3).of(image, 1, 7, 7, 1);

    for (int i = 0; i < 49; i++) {
      boolean near = Math.abs(i / 7 - 3) <= 1 && Math.abs(i % 7 - 3) <= 1;
      assertThat(blurred[i]).as("pixel %d", i).isEqualTo(near ? 1 : 0);
    }
  }

  @Test
  void theEdgeIsMirroredAboutTheLastPixel() {
    float[] row = {1, 2, 4, 8, 16, 32};

    float[] blurred = new BoxBlur(5).of(row, 1, 1, 6, 1);

    // 4 2 | 1 2 4 8 16 32 | 16 8
    assertThat(blurred).containsExactly(13 / 5f, 17 / 5f, 31 / 5f, 62 / 5f, 76 / 5f, 80 / 5f);
  }

  @Test
  void imagesAndChannelsStayApart() {
    Random random = new Random(3);
    float[] all = new float[2 * 6 * 5 * 3];
    for (int i = 0; i < all.length; i++) {
      all[i] = random.nextFloat();
    }
    float[] blurred = new BoxBlur(5).of(all, 2, 6, 5, 3);
    for (int image = 0; image < 2; image++) {
      for (int channel = 0; channel < 3; channel++) {
        float[] one = new float[30];
        for (int i = 0; i < 30; i++) {
          one[i] = all[(image * 30 + i) * 3 + channel];
        }
        float[] alone = new BoxBlur(5).of(one, 1, 6, 5, 1);
        for (int i = 0; i < 30; i++) {
          assertThat(blurred[(image * 30 + i) * 3 + channel]).isEqualTo(alone[i]);
        }
      }
    }
  }

  @Test
  void anEvenImageStaysAsItIs() {
    float[] grey = new float[4 * 4 * 3];
    Arrays.fill(grey, 0.7f);
    for (float value : new BoxBlur(5).of(grey, 1, 4, 4, 3)) {
      assertThat(value).isCloseTo(0.7f, within(1e-7f));
    }
  }

  @Test
  void aBoxWithoutAMiddleIsRefused() {
    assertThatThrownBy(() -> new BoxBlur(4)).hasMessageContaining("box of 4");
  }
}
