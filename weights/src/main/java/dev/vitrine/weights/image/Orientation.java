package dev.vitrine.weights.image;

import com.drew.imaging.ImageMetadataReader;
import com.drew.imaging.ImageProcessingException;
import com.drew.metadata.exif.ExifIFD0Directory;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * How a camera was held, in the numbers of EXIF's orientation tag (1 to 8): the picture stands
 * upright after its transposition and its mirroring.
 */
record Orientation(boolean transposed, boolean mirrored, boolean upsideDown) {
  private static final Orientation UPRIGHT = new Orientation(false, false, false);

  /** The orientation that a file's metadata states; upright if it states none. */
  static Orientation of(byte[] file) {
    try {
      for (ExifIFD0Directory directory :
          ImageMetadataReader.readMetadata(new ByteArrayInputStream(file), file.length)
              .getDirectoriesOfType(ExifIFD0Directory.class)) {
        Integer tag = directory.getInteger(ExifIFD0Directory.TAG_ORIENTATION);
        if (tag != null) {
          return ofTag(tag);
        }
      }
      return UPRIGHT;
    } catch (ImageProcessingException | IOException e) {
      return UPRIGHT; // metadata that cannot be read states nothing; the pixels may still be fine
    }
  }

  static Orientation ofTag(int tag) {
    return switch (tag) {
      case 2 -> new Orientation(false, true, false);
      case 3 -> new Orientation(false, true, true);
      case 4 -> new Orientation(false, false, true);
      case 5 -> new Orientation(true, false, false);
      case 6 -> new Orientation(true, true, false);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(true, false, true);
      default -> UPRIGHT;
    };
  }

  Picture apply(Picture picture) {
    if (equals(UPRIGHT)) {
      return picture;
    }
    int height = transposed ? picture.width() : picture.height();
    int width = transposed ? picture.height() : picture.width();
    byte[] from = picture.shared();
    byte[] to = new byte[from.length];
    for (int y = 0, i = 0; y < height; y++) {
      for (int x = 0; x < width; x++, i += 3) {
        int row = upsideDown ? height - 1 - y : y;
        int column = mirrored ? width - 1 - x : x;
        int at = 3 * (transposed ? column * picture.width() + row : row * picture.width() + column);
        to[i] = from[at];
        to[i + 1] = from[at + 1];
        to[i + 2] = from[at + 2];
      }
    }
    return Picture.owning(height, width, to);
  }
}
