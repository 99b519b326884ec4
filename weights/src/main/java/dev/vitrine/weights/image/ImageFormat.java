package dev.vitrine.weights.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Optional;

/** The formats that can be read, each known by its first bytes; a file's name says nothing. */
enum ImageFormat {
  JPEG("JPEG", "\u00ff\u00d8\u00ff"),
  PNG("PNG", "\u0089PNG\r\n\u001a\n"),
  GIF("GIF", "GIF8"),
  BMP("BMP", "BM"),
  WEBP("WebP", "RIFF");

  static final String KNOWN = "JPEG, PNG, GIF, BMP or WebP";

  private final String title;
  private final String magic;

  ImageFormat(String title, String magic) {
    this.title = title;
    this.magic = magic;
  }

  String title() {
    return title;
  }

  static Optional<ImageFormat> of(byte[] file) {
    String head = head(file);
    for (ImageFormat format : values()) {
      if (head.startsWith(format.magic)
          && (format != WEBP || head.startsWith("WEBP", 8))
          && (format != BMP || file.length >= 26)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** Whether the animation bit in the extended header of a WebP file is set. */
  static boolean isAnimatedWebp(byte[] file) {
    return head(file).startsWith("VP8X", 12) && file.length > 20 && (file[20] & 2) != 0;
  }

  /** What a file that is none of these seems to be, as the end of a sentence. */
  static String guess(byte[] file) {
    String head = head(file);
    String text = head.stripLeading().toLowerCase(Locale.ROOT);
    if (head.startsWith("ftyp", 4)) {
      String brand = head.substring(8, Math.min(12, head.length()));
      return brand.startsWith("avi")
          ? "an AVIF picture"
          : brand.startsWith("he") || brand.startsWith("mif")
              ? "a HEIC picture, as phones write them"
              : "a video";
    }
    if (head.startsWith("II*\0") || head.startsWith("MM\0*")) {
      return "a TIFF picture or a camera's raw file";
    }
    if (head.startsWith("\u0089HDF")) {
      return "an HDF5 file";
    }
    if (head.startsWith("%PDF")) {
      return "a PDF document";
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "a web page";
    }
    if (text.startsWith("<svg") || text.startsWith("<?xml")) {
      return "XML or SVG";
    }
    return "something else";
  }

  private static String head(byte[] file) {
    return new String(file, 0, Math.min(file.length, 64), ISO_8859_1);
  }
}
