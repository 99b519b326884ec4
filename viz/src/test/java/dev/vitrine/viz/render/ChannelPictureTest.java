package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.weights.image.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChannelPictureTest {

  @Test
  void theMeanIsInTheMiddleAndTwoDeviationsReachTheEnds() {
    // Mean 1, standard deviation 1.
    assertThat(ChannelPicture.standardized(new float[] {0, 2, 0, 2}))
        .containsExactly(0.25f, 0.75f, 0.25f, 0.75f);
    float[] outlier = new float[100];
    outlier[7] = 1;
    assertThat(ChannelPicture.standardized(outlier)[7]).isEqualTo(1);
  }

  @Test
  void strengthDoesNotCount() {
    assertThat(ChannelPicture.standardized(new float[] {0, 100, 300}))
        .containsExactly(ChannelPicture.standardized(new float[] {7, 8, 10}));
  }

  @Test
  void aFlatMapIsInTheMiddleAndWhatIsNoNumberCountsAsZero() {
    assertThat(ChannelPicture.standardized(new float[] {3, 3})).containsExactly(0.5f, 0.5f);
    assertThat(ChannelPicture.standardized(new float[] {Float.NaN, Float.POSITIVE_INFINITY, 0}))
        .containsExactly(0.5f, 0.5f, 0.5f);
  }

  @Test
  void aGridIsFilledRowByRowWithWhiteBetween() {
    List<float[]> maps = List.of(new float[] {0, 1}, new float[] {1, 0}, new float[] {0, 1});
    Picture grid = ChannelPicture.grid(maps, 1, 2, 2, ColorMap.GREY);

    assertThat(List.of(grid.height(), grid.width())).containsExactly(3, 5);
    int[][] expected = {
      {64, 192, 255, 192, 64}, {255, 255, 255, 255, 255}, {64, 192, 255, 255, 255}
    };
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        assertThat(grid.get(y, x, 0)).as("row %d, column %d", y, x).isEqualTo(expected[y][x]);
      }
    }
  }
}
