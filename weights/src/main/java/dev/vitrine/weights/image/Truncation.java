package dev.vitrine.weights.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vitrine.weights.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Finds files that end too early, from their own bookkeeping and before anything is decoded:
 * decoders paint what is missing grey or black and often say nothing.
 */
final class Truncation {
  private Truncation() {}

  static void check(Path file, ImageFormat format, byte[] bytes) {
    boolean whole =
        switch (format) {
          case PNG -> pngEnds(bytes);
          case WEBP -> bytes.length >= 12 && bytes.length >= uint32(bytes, 4) + 8;
          case BMP -> bmpEnds(bytes);
          case JPEG -> jpegEnds(bytes);
          case GIF -> bytes.length > 13; // its decoder reports a missing end by itself
        };
    if (!whole) {
      throw truncated(file, format, null);
    }
  }

  static BadInputException truncated(Path file, ImageFormat format, Throwable cause) {
    return new BadInputException(
        String.format(
            "%s: a %s file that ends too early (truncated); fetch or copy it again",
            file, format.title()),
        cause);
  }

  /** Walks the chunks: length, type, data, checksum. */
  private static boolean pngEnds(byte[] bytes) {
    ByteBuffer png = ByteBuffer.wrap(bytes);
    long at = 8;
    while (at + 12 <= bytes.length) {
      String type = new String(bytes, (int) at + 4, 4, ISO_8859_1);
      if (type.equals("IEND")) {
        return true;
      }
      at += 12 + Integer.toUnsignedLong(png.getInt((int) at));
    }
    return false;
  }

  /** Some writers leave the file's size 0; uncompressed rows can be counted, the others not. */
  private static boolean bmpEnds(byte[] bytes) {
    if (uint32(bytes, 14) < 40 || bytes.length < 54) {
      return bytes.length >= uint32(bytes, 10);
    }
    ByteBuffer bmp = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long compression = uint32(bytes, 30);
    if (compression == 1 || compression == 2) {
      return bytes.length >= uint32(bytes, 10) + uint32(bytes, 34);
    }
    long rowBytes = ((long) bmp.getInt(18) * bmp.getShort(28) + 31) / 32 * 4;
    return bytes.length >= uint32(bytes, 10) + rowBytes * Math.abs((long) bmp.getInt(22));
  }

  /** A whole file has an end-of-image marker after its last scan; thumbnails have theirs before. */
  private static boolean jpegEnds(byte[] bytes) {
    int at = 2;
    while (at + 4 <= bytes.length) {
      if (bytes[at] != (byte) 0xff) {
        return true; // not a marker where one should be: damaged, and the decoder will say how
      }
      int marker = bytes[at + 1] & 0xff;
      if (marker == 0xda) {
        return hasEndMarker(bytes, at);
      }
      boolean alone = marker == 0xff || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7;
      at +=
          marker == 0xff ? 1 : alone ? 2 : 2 + ((bytes[at + 2] & 0xff) << 8 | bytes[at + 3] & 0xff);
    }
    return false;
  }

  private static boolean hasEndMarker(byte[] bytes, int from) {
    for (int i = bytes.length - 2; i > from; i--) {
      if (bytes[i] == (byte) 0xff && bytes[i + 1] == (byte) 0xd9) {
        return true;
      }
    }
    return false;
  }

  private static long uint32(byte[] bytes, int at) {
    return Integer.toUnsignedLong(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(at));
  }
}
