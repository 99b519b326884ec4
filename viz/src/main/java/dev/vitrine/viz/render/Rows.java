package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import java.util.Arrays;
import java.util.List;

/** Pictures of one size in rows, at their own size; a gap of white between them. */
public final class Rows {
  private Rows() {}

  /**
   * The rows.
   *
   * @param columns pictures in a row, at most
   * @param gap in pixels
   * @throws IllegalArgumentException if the pictures have several sizes
   */
  public static Picture of(List<Picture> pictures, int columns, int gap) {
    int height = pictures.get(0).height();
    int width = pictures.get(0).width();
    int across = Math.min(columns, pictures.size());
    int down = (pictures.size() + columns - 1) / columns;
    int totalHeight = down * (height + gap) - gap;
    int totalWidth = across * (width + gap) - gap;
    byte[] rgb = new byte[totalHeight * totalWidth * 3];
    Arrays.fill(rgb, (byte) 255);
    for (int i = 0; i < pictures.size(); i++) {
      Picture picture = pictures.get(i);
      if (picture.height() != height || picture.width() != width) {
        throw new IllegalArgumentException(
            "pictures of %d x %d and %d x %d, expected one size"
                .formatted(width, height, picture.width(), picture.height()));
      }
      byte[] from = picture.bytes();
      int top = i / columns * (height + gap);
      int left = i % columns * (width + gap);
      for (int y = 0; y < height; y++) {
        int to = ((top + y) * totalWidth + left) * 3;
        System.arraycopy(from, y * width * 3, rgb, to, width * 3);
      }
    }
    return Picture.of(totalHeight, totalWidth, rgb);
  }
}
