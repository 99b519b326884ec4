package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;

/** A rectangle drawn on a picture: a line of white inside one of black, to be seen on anything. */
public final class Frame {
  private static final double SHARE = 1.0 / 150;

  private Frame() {}

  /** The picture with the outline of a rectangle, cut off where it leaves the picture. */
  public static Picture of(Picture picture, int top, int left, int height, int width) {
    int line = (int) Math.max(1, Math.min(picture.height(), picture.width()) * SHARE);
    byte[] rgb = picture.bytes();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int inside =
            Math.min(
                Math.min(y - top, top + height - 1 - y), Math.min(x - left, left + width - 1 - x));
        if (inside >= 0 && inside < 2 * line) {
          byte shade = (byte) (inside < line ? 0 : 255);
          int i = 3 * (y * picture.width() + x);
          rgb[i] = shade;
          rgb[i + 1] = shade;
          rgb[i + 2] = shade;
        }
      }
    }
    return Picture.of(picture.height(), picture.width(), rgb);
  }
}
