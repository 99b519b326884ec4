package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.Arrays;

/** Pictures of any proportions in squares of one size. */
public final class Cell {
  private Cell() {}

  /**
   * The picture enlarged or shrunk, with a cubic filter, to the largest of its proportions that
   * fits; white beside it.
   *
   * @param side of the square, in pixels
   */
  public static Picture of(Picture picture, int side) {
    return of(picture, picture.height(), picture.width(), side);
  }

  /** As it looks at another height and width, whose proportions alone count. */
  public static Picture of(Picture picture, int height, int width, int side) {
    double scale = (double) side / Math.max(height, width);
    int h = (int) Math.max(1, Math.round(height * scale));
    int w = (int) Math.max(1, Math.round(width * scale));
    byte[] from = Resize.BICUBIC.apply(picture, h, w).bytes();
    byte[] rgb = new byte[side * side * 3];
    Arrays.fill(rgb, (byte) 255);
    int top = (side - h) / 2;
    int left = (side - w) / 2;
    for (int y = 0; y < h; y++) {
      System.arraycopy(from, y * w * 3, rgb, ((top + y) * side + left) * 3, w * 3);
    }
    return Picture.of(side, side, rgb);
  }

  /** A square of white. */
  public static Picture empty(int side) {
    byte[] rgb = new byte[side * side * 3];
    Arrays.fill(rgb, (byte) 255);
    return Picture.of(side, side, rgb);
  }
}
