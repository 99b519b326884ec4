package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.weights.image.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FilterGridTest {

  /**
   * One pixel, three colours, two filters: the first likes red and not blue, the second nothing.
   */
  private static final float[] KERNEL = {2, 0, 0, 0, -1, 0};

  @Test
  void aKernelOnColoursIsAColour() {
    Picture rgb = FilterGrid.colors(KERNEL, new int[] {1, 1, 3, 2}, List.of(0, 1), false);
    Picture bgr = FilterGrid.colors(KERNEL, new int[] {1, 1, 3, 2}, List.of(0, 1), true);

    assertThat(List.of(rgb.height(), rgb.width())).containsExactly(40, 81);
    assertThat(color(rgb, 0, 0)).containsExactly(255, 128, 65);
    assertThat(color(bgr, 39, 39)).containsExactly(65, 128, 255);
    assertThat(color(rgb, 0, 40)).as("between").containsOnly(255);
    assertThat(color(rgb, 0, 41)).as("a kernel of zeros").containsOnly(128);
  }

  @Test
  void deeperKernelsHaveARowForEachFilterAndAColumnForEachInput() {
    Picture matrix =
        FilterGrid.matrix(KERNEL, new int[] {1, 1, 3, 2}, List.of(0, 1), List.of(0, 2));

    assertThat(List.of(matrix.height(), matrix.width())).containsExactly(19, 19);
    assertThat(color(matrix, 4, 4)).as("2 of 2").isEqualTo(color(ColorMap.DIVERGING.rgb(1)));
    assertThat(color(matrix, 4, 14)).as("-1 of 2").isEqualTo(color(ColorMap.DIVERGING.rgb(0.25f)));
    assertThat(color(matrix, 14, 4)).as("zero").isEqualTo(color(ColorMap.DIVERGING.rgb(0.5f)));
  }

  private static List<Integer> color(Picture picture, int y, int x) {
    return List.of(picture.get(y, x, 0), picture.get(y, x, 1), picture.get(y, x, 2));
  }

  private static List<Integer> color(int rgb) {
    return List.of(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255);
  }
}
