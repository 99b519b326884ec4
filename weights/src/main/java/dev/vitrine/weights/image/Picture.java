package dev.vitrine.weights.image;

import dev.vitrine.weights.BadInputException;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.nio.file.Path;
import java.util.Arrays;

/** An immutable RGB image: [h, w, 3] in row-major order, one unsigned byte (0..255) per channel. */
public final class Picture {
  static {
    // No picture here is ever shown in a window; without this, macOS starts a dock icon and a
    // server without a display may fail. A program that sets the property keeps its choice.
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private final int height;
  private final int width;
  private final byte[] rgb;

  private Picture(int height, int width, byte[] rgb) {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "a picture of " + height + "x" + width + " pixels, expected at least 1x1");
    }
    if (rgb.length != Math.multiplyExact(Math.multiplyExact(height, width), 3)) {
      throw new IllegalArgumentException(
          rgb.length + " values for a picture of shape [" + height + ", " + width + ", 3]");
    }
    this.height = height;
    this.width = width;
    this.rgb = rgb;
  }

  /** A picture of a copy of these bytes, [height, width, 3] in row-major order. */
  public static Picture of(int height, int width, byte[] rgb) {
    return new Picture(height, width, rgb.clone());
  }

  /** A picture that takes these bytes without a copy; the caller must not touch them again. */
  static Picture owning(int height, int width, byte[] rgb) {
    return new Picture(height, width, rgb);
  }

  /** A picture of values in 0..255, [height, width, 3]: rounded, clipped, NaN drawn as 0. */
  public static Picture ofFloats(int height, int width, float[] rgb) {
    byte[] bytes = new byte[rgb.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(0, Math.min(255, Math.round(rgb[i])));
    }
    return new Picture(height, width, bytes);
  }

  /** A picture of an AWT image's pixels; transparent ones lie on white. */
  public static Picture of(BufferedImage image) {
    return Pixels.of(image);
  }

  /**
   * Reads a JPEG, PNG, GIF (first frame), BMP or WebP file. Transparent pixels lie on white, a
   * photograph is turned upright as its EXIF orientation says, samples of 16 bits keep their high
   * byte, and RGB values are taken as they stand, whatever colour profile the file names.
   *
   * @throws BadInputException if there is no such file, or it is no complete picture of one of
   *     these formats, or it has more than {@link PictureFile#MAX_PIXELS} pixels
   */
  public static Picture read(Path file) {
    return PictureFile.read(file);
  }

  /** Loads what reading takes, so that the first picture comes sooner. */
  public static void prepare() {
    PictureFile.prepare();
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** The value in 0..255 of channel 0 (red), 1 (green) or 2 (blue). */
  public int get(int y, int x, int channel) {
    if (x < 0 || x >= width || channel < 0 || channel > 2) {
      throw new IndexOutOfBoundsException("[" + y + ", " + x + ", " + channel + "] in " + this);
    }
    return rgb[(y * width + x) * 3 + channel] & 0xff;
  }

  /** A copy of the bytes, [height, width, 3]. */
  public byte[] bytes() {
    return rgb.clone();
  }

  /** The values 0..255 as floats, [height, width, 3]. */
  public float[] toFloats() {
    float[] values = new float[rgb.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = rgb[i] & 0xff;
    }
    return values;
  }

  /** A copy as an AWT image of type {@link BufferedImage#TYPE_3BYTE_BGR}. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    for (int i = 0; i < bgr.length; i += 3) {
      bgr[i] = rgb[i + 2];
      bgr[i + 1] = rgb[i + 1];
      bgr[i + 2] = rgb[i];
    }
    return image;
  }

  /** The bytes themselves, for readers in this package that do not write to them. */
  byte[] shared() {
    return rgb;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture that
        && height == that.height
        && width == that.width
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "picture [" + height + ", " + width + ", 3]";
  }
}
