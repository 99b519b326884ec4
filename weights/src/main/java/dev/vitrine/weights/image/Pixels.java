package dev.vitrine.weights.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;

/** Takes the pixels out of a decoded AWT image. */
final class Pixels {
  private Pixels() {}

  static Picture of(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    WritableRaster raster = image.getRaster();
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(height, width), 3)];
    ColorModel colors = image.getColorModel();
    int space = colors.getColorSpace().getType();
    if (image.getType() == BufferedImage.TYPE_3BYTE_BGR && isWholeBuffer(image)) {
      byte[] bgr = ((DataBufferByte) raster.getDataBuffer()).getData();
      for (int i = 0; i < rgb.length; i += 3) {
        rgb[i] = bgr[i + 2];
        rgb[i + 1] = bgr[i + 1];
        rgb[i + 2] = bgr[i];
      }
    } else if (colors instanceof IndexColorModel
        || !isRgbOrGrey(space)
        || image.isAlphaPremultiplied()) {
      throughColorModel(image, rgb);
    } else {
      // Java's grey colour space is linear in light, so its own conversion would brighten every
      // grey photograph; and a network was trained on samples as they stand, without profiles.
      samples(raster, colors, space == ColorSpace.TYPE_GRAY, rgb);
    }
    return Picture.owning(height, width, rgb);
  }

  private static boolean isWholeBuffer(BufferedImage image) {
    return image.getRaster().getParent() == null
        && ((DataBufferByte) image.getRaster().getDataBuffer()).getData().length
            == image.getWidth() * image.getHeight() * 3;
  }

  private static boolean isRgbOrGrey(int space) {
    return space == ColorSpace.TYPE_RGB || space == ColorSpace.TYPE_GRAY;
  }

  private static void throughColorModel(BufferedImage image, byte[] rgb) {
    int width = image.getWidth();
    int[] row = new int[width];
    for (int y = 0, i = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        int alpha = argb >>> 24;
        rgb[i++] = (byte) onWhite(argb >> 16 & 0xff, alpha);
        rgb[i++] = (byte) onWhite(argb >> 8 & 0xff, alpha);
        rgb[i++] = (byte) onWhite(argb & 0xff, alpha);
      }
    }
  }

  private static void samples(WritableRaster raster, ColorModel colors, boolean grey, byte[] rgb) {
    int bands = raster.getNumBands();
    int color = grey ? 1 : 3;
    int[] bits = colors.getComponentSize();
    int[] row = new int[raster.getWidth() * bands];
    for (int y = 0, i = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, raster.getWidth(), 1, row);
      for (int at = 0; at < row.length; at += bands) {
        int alpha = colors.hasAlpha() ? toByte(row[at + color], bits[color]) : 255;
        for (int c = 0; c < 3; c++) {
          int band = grey ? 0 : c;
          rgb[i++] = (byte) onWhite(toByte(row[at + band], bits[band]), alpha);
        }
      }
    }
  }

  /** A sample of some number of bits as 0..255; of 16 bits the high byte, as Pillow does. */
  private static int toByte(int sample, int bits) {
    if (bits == 8) {
      return sample;
    }
    int max = (1 << bits) - 1;
    return bits > 8 ? sample >> bits - 8 : (sample * 255 + max / 2) / max;
  }

  private static int onWhite(int value, int alpha) {
    return alpha == 255 ? value : (value * alpha + 255 * (255 - alpha) + 127) / 255;
  }
}
