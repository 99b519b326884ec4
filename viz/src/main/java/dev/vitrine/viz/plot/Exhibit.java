package dev.vitrine.viz.plot;

import dev.vitrine.viz.render.Inline;
import dev.vitrine.weights.image.Picture;

/**
 * A picture below a plot.
 *
 * @param name above it
 * @param sentence below it
 */
public record Exhibit(String name, String sentence, Picture picture) {
  static final int COLUMNS = 5;
  static final int SIZE = 160;
  static final int LEFT = 64;
  static final int TOP = 420;
  static final int WIDTH = 168;
  static final int HEIGHT = SIZE + 50;

  String uri() {
    return Inline.picture(picture, 2 * SIZE);
  }
}
