package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.weights.image.Picture;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChannelGridTest {
  /** One row of two pixels; channels 0 and 2 rise, 1 falls, 3 does not answer. */
  private static final ChannelMaps MAPS =
      new ChannelMaps("conv", 1, 2, 4, new float[] {0, 1, 0, 0, 1, 0, 1, 0});

  private static ChannelGrid grid(int columns, int smallest) {
    return new ChannelGrid(columns, smallest, ChannelGrid.Scaling.STANDARDIZED, ColorMap.GREY);
  }

  @Test
  void aGridIsFilledRowByRowWithWhiteBetween() {
    Picture grid = grid(2, 1).of(MAPS, List.of(0, 1, 2));

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

  @Test
  void aCoarseMapHasLargerCells() {
    Picture grid = grid(1, 6).of(MAPS, List.of(1));

    assertThat(List.of(grid.height(), grid.width())).containsExactly(3, 6);
    assertThat(List.of(grid.get(2, 2, 0), grid.get(0, 3, 0))).containsExactly(192, 64);
  }

  @Test
  void aChannelThatDoesNotAnswerIsCrossedOut() {
    assertThat(MAPS.dead()).containsExactly(3);
    Picture dead = grid(1, 20).of(MAPS, List.of(3));
    Picture alive = grid(1, 20).of(MAPS, List.of(2));

    assertThat(reds(dead)).as("red pixels of the cross").isPositive();
    assertThat(reds(alive)).isZero();
    assertThat(dead.get(0, 10, 0)).as("dark beside it").isEqualTo(0x30);
    assertThat(reds(ChannelGrid.dead(30))).isPositive();
  }

  private static int reds(Picture picture) {
    int reds = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        reds += picture.get(y, x, 0) > picture.get(y, x, 2) + 50 ? 1 : 0;
      }
    }
    return reds;
  }

  @Test
  void theShareOfZerosIsThatOfAllValues() {
    assertThat(MAPS.zeros()).isEqualTo(5.0 / 8);
  }

  @Test
  void aPictureInACellKeepsItsProportions() {
    Picture black = Picture.of(10, 20, new byte[600]);
    Picture cell = Cell.of(black, 8);

    assertThat(List.of(cell.height(), cell.width())).containsExactly(8, 8);
    for (int y = 0; y < 8; y++) {
      assertThat(cell.get(y, 4, 1)).as("row %d", y).isEqualTo(y < 2 || y >= 6 ? 255 : 0);
    }
    assertThat(Cell.of(black, 20, 10, 8).get(4, 0, 0)).as("upright").isEqualTo(255);
    assertThat(Cell.empty(2))
        .isEqualTo(
            Picture.ofFloats(
                2, 2, new float[] {255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}));
  }
}
