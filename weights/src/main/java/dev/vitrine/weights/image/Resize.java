package dev.vitrine.weights.image;

import dev.vitrine.weights.BadInputException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a picture is brought to a network's input size. The results are those of Pillow's {@code
 * Image.resize}, to the bit: the networks were trained, and are checked, on pictures that Pillow
 * resized.
 */
public enum Resize {
  /** The whole picture stretched, triangle filter, widened where the picture shrinks. */
  BILINEAR {
    @Override
    Picture stretch(Picture picture, int height, int width) {
      return Resampling.apply(picture, height, width, Resampling.Filter.TRIANGLE);
    }
  },

  /** The whole picture stretched, Keys' cubic with a = -0.5, widened where the picture shrinks. */
  BICUBIC {
    @Override
    Picture stretch(Picture picture, int height, int width) {
      return Resampling.apply(picture, height, width, Resampling.Filter.CUBIC);
    }
  },

  /** The whole picture stretched, each pixel the nearest one; what Keras' load_img does. */
  NEAREST {
    @Override
    Picture stretch(Picture picture, int height, int width) {
      return Resampling.nearest(picture, height, width);
    }
  },

  /** Scaled by the triangle filter until it covers the size, then its centre cut out. */
  CROP {
    @Override
    Picture stretch(Picture picture, int height, int width) {
      int[] scaled = covering(picture.height(), picture.width(), height, width);
      Picture whole = BILINEAR.apply(picture, scaled[0], scaled[1]);
      int top = middle(scaled[0] - height);
      int left = middle(scaled[1] - width);
      byte[] rgb = new byte[height * width * 3];
      for (int y = 0; y < height; y++) {
        System.arraycopy(
            whole.shared(), ((top + y) * scaled[1] + left) * 3, rgb, y * width * 3, width * 3);
      }
      return Picture.owning(height, width, rgb);
    }

    @Override
    public Region seen(int fromHeight, int fromWidth, int height, int width) {
      if (fromHeight == height && fromWidth == width) {
        return super.seen(fromHeight, fromWidth, height, width);
      }
      int[] scaled = covering(fromHeight, fromWidth, height, width);
      double down = (double) fromHeight / scaled[0];
      double right = (double) fromWidth / scaled[1];
      return new Region(
          middle(scaled[0] - height) * down,
          middle(scaled[1] - width) * right,
          height * down,
          width * right);
    }
  };

  /**
   * The part of a picture that a network sees, in the picture's pixels, counted from its top left
   * corner.
   */
  public record Region(double top, double left, double height, double width) {}

  /** The picture with its longer side at most so many pixels, in its own proportions. */
  public Picture within(Picture picture, int longest) {
    int longer = Math.max(picture.height(), picture.width());
    return longer <= longest
        ? picture
        : apply(
            picture,
            (int) Math.max(1, Math.round((double) picture.height() * longest / longer)),
            (int) Math.max(1, Math.round((double) picture.width() * longest / longer)));
  }

  /**
   * The picture at this size; the same object if it already has it.
   *
   * @param height of the result, at least 1
   * @param width of the result, at least 1
   */
  public Picture apply(Picture picture, int height, int width) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("resize to " + height + "x" + width + " pixels");
    }
    return picture.height() == height && picture.width() == width
        ? picture
        : stretch(picture, height, width);
  }

  /**
   * What {@link #apply} shows of a picture of [fromHeight, fromWidth] at [height, width]: all of
   * it, or for {@link #CROP} its middle. A map of the network's input lies there on the picture.
   */
  public Region seen(int fromHeight, int fromWidth, int height, int width) {
    return new Region(0, 0, fromHeight, fromWidth);
  }

  /**
   * The one of this name, as the command line writes it.
   *
   * @throws BadInputException if there is none; the message lists what there is
   */
  public static Resize parse(String name) {
    for (Resize resize : values()) {
      if (resize.toString().equals(name.strip().toLowerCase(Locale.ROOT))) {
        return resize;
      }
    }
    throw new BadInputException(
        "--resize '"
            + name
            + "': unknown, expected one of "
            + Arrays.stream(values()).map(Resize::toString).collect(Collectors.joining(", ")));
  }

  /** The name as the command line writes it, in lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  abstract Picture stretch(Picture picture, int height, int width);

  /** The smallest [height, width] of the picture's shape that covers the wanted one. */
  private static int[] covering(int fromHeight, int fromWidth, int height, int width) {
    // Long arithmetic, rounded down and never below the wanted size: as torchvision's Resize does.
    return (long) height * fromWidth >= (long) width * fromHeight
        ? new int[] {height, (int) ((long) height * fromWidth / fromHeight)}
        : new int[] {(int) ((long) width * fromHeight / fromWidth), width};
  }

  /** Half of a margin; of an odd one the even half, as torchvision's CenterCrop rounds. */
  private static int middle(int margin) {
    return (int) Math.rint(margin / 2.0);
  }
}
