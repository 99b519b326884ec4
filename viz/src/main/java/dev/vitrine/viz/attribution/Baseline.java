package dev.vitrine.viz.attribution;

import dev.vitrine.viz.method.BoxBlur;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Preprocessing;
import java.util.Arrays;
import java.util.Locale;

/** Inputs that show nothing, to hold a photograph against. */
public enum Baseline {
  /** Zero after preprocessing: the mean colour of the training images where that is subtracted. */
  MEAN,
  BLACK,
  WHITE,
  /** The photograph itself, blurred until only its colours are left. */
  BLUR;

  /** A blur's box over the shorter side; three of them make a bell of 1/22 of it. */
  private static final double BOX = 1.0 / 11;

  /** The preprocessed numbers for a photograph at the network's input size, {@code [h, w, 3]}. */
  public float[] of(Picture input, Preprocessing preprocessing) {
    return switch (this) {
      case MEAN -> new float[input.height() * input.width() * 3];
      case BLACK -> preprocessing.apply(flat(input, 0));
      case WHITE -> preprocessing.apply(flat(input, 255));
      case BLUR -> preprocessing.apply(blurred(input));
    };
  }

  private static Picture flat(Picture input, int grey) {
    byte[] rgb = new byte[input.height() * input.width() * 3];
    Arrays.fill(rgb, (byte) grey);
    return Picture.of(input.height(), input.width(), rgb);
  }

  private static Picture blurred(Picture input) {
    int box = (int) (Math.min(input.height(), input.width()) * BOX) / 2 * 2 + 1;
    float[] rgb = input.toFloats();
    for (int pass = 0; pass < 3; pass++) {
      rgb = new BoxBlur(box).of(rgb, 1, input.height(), input.width(), 3);
    }
    return Picture.ofFloats(input.height(), input.width(), rgb);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
