package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.weights.image.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PictureGridTest {
  @Test
  void picturesFillRowsAndTheRestIsWhite() {
    List<Picture> pictures = new ArrayList<>();
    for (int grey : new int[] {10, 20, 30, 40, 50}) {
      pictures.add(grey(9, grey));
    }

    Picture grid = new PictureGrid(3, 4, 2).of(pictures);

    assertThat(grid.width()).isEqualTo(3 * 4 + 2 * 2);
    assertThat(grid.height()).isEqualTo(2 * 4 + 2);
    assertThat(grid.get(0, 0, 0)).isEqualTo(10);
    assertThat(grid.get(3, 3, 2)).isEqualTo(10);
    assertThat(grid.get(3, 4, 0)).as("gap").isEqualTo(255);
    assertThat(grid.get(0, 6, 0)).isEqualTo(20);
    assertThat(grid.get(0, 15, 1)).isEqualTo(30);
    assertThat(grid.get(4, 0, 0)).as("gap").isEqualTo(255);
    assertThat(grid.get(6, 0, 0)).isEqualTo(40);
    assertThat(grid.get(9, 9, 0)).isEqualTo(50);
    assertThat(grid.get(9, 12, 0)).as("unfilled").isEqualTo(255);
  }

  @Test
  void fewPicturesMakeANarrowGrid() {
    Picture grid = new PictureGrid(8, 4, 2).of(List.of(grey(4, 1), grey(4, 2)));

    assertThat(grid.width()).isEqualTo(10);
    assertThat(grid.height()).isEqualTo(4);
  }

  private static Picture grey(int size, float value) {
    float[] pixels = new float[size * size * 3];
    Arrays.fill(pixels, value);
    return Picture.ofFloats(size, size, pixels);
  }
}
