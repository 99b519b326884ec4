package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures in rows, small enough to be seen together.
 *
 * @param columns at most
 * @param cell height and width of each picture in the grid
 * @param gap between them, white
 */
public record PictureGrid(int columns, int cell, int gap) {

  /**
   * The grid, as wide as there are pictures for and filled row by row; larger pictures are shrunk
   * to the cell with a cubic filter, an unfilled rest is white.
   */
  public Picture of(List<Picture> pictures) {
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + columns - 1) / columns;
    int width = across * (cell + gap) - gap;
    int height = down * (cell + gap) - gap;
    float[] rgb = new float[height * width * 3];
    Arrays.fill(rgb, 255);
    for (int i = 0; i < pictures.size(); i++) {
      float[] picture = Resize.BICUBIC.apply(pictures.get(i), cell, cell).toFloats();
      int top = i / columns * (cell + gap);
      int left = i % columns * (cell + gap);
      for (int y = 0; y < cell; y++) {
        System.arraycopy(picture, y * cell * 3, rgb, ((top + y) * width + left) * 3, cell * 3);
      }
    }
    return Picture.ofFloats(height, width, rgb);
  }
}
