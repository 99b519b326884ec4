package dev.vitrine.weights.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vitrine.weights.BadInputException;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads a picture's file, and refuses in one line what is no complete picture. */
public final class PictureFile {
  /** The largest picture that is decoded, in pixels; the file's own header is asked first. */
  public static final long MAX_PIXELS = 100_000_000;

  /** The shortest side of a picture that is decoded; below it there is nothing to see. */
  public static final int MIN_SIDE = 2;

  private static final int MAX_BYTES = 512 << 20;

  static {
    ImageIO.setUseCache(false); // reading a picture leaves nothing on disk
  }

  private PictureFile() {}

  /** Makes the readers known. */
  static void prepare() {
    reader(ImageFormat.PNG).dispose();
  }

  static Picture read(Path file) {
    byte[] bytes = bytes(file);
    if (bytes.length == 0) {
      throw new BadInputException(file + ": the file is empty, expected a picture");
    }
    if (new String(bytes, 0, Math.min(bytes.length, 40), ISO_8859_1)
        .startsWith("version https://git-lfs.github.com/spec/")) {
      throw new BadInputException(
          file + ": a Git LFS pointer, not the picture itself; 'git lfs pull' fetches it");
    }
    ImageFormat format =
        ImageFormat.of(bytes)
            .orElseThrow(
                () ->
                    new BadInputException(
                        String.format(
                            "%s: not a picture that can be read but %s; expected %s",
                            file, ImageFormat.guess(bytes), ImageFormat.KNOWN)));
    Truncation.check(file, format, bytes);
    if (format == ImageFormat.WEBP && ImageFormat.isAnimatedWebp(bytes)) {
      throw new BadInputException(
          file + ": an animated WebP; save the frame that you want as PNG or JPEG");
    }
    return Orientation.of(bytes).apply(decode(file, format, bytes));
  }

  private static byte[] bytes(Path file) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(file + ": a folder, expected a picture");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new BadInputException(
            file + ": larger than " + (MAX_BYTES >> 20) + " MB, expected a picture");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new BadInputException(file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new BadInputException(file + ": may not be read (permission denied)", e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Picture decode(Path file, ImageFormat format, byte[] bytes) {
    ImageReader reader = reader(format);
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, false, false);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      checkSize(file, height, width);
      String[] warning = new String[1];
      reader.addIIOReadWarningListener(
          (IIOReadWarningListener) (source, text) -> warning[0] = text);
      BufferedImage image = reader.read(0, unconverted(format, reader));
      if (warning[0] != null && warning[0].toLowerCase(Locale.ROOT).contains("premature end")) {
        throw Truncation.truncated(file, format, null);
      }
      return Pixels.of(image);
    } catch (EOFException e) {
      throw Truncation.truncated(file, format, e);
    } catch (BadInputException e) {
      throw e;
    } catch (LinkageError e) {
      throw new BadInputException(
          String.format(
              "%s: the native %s decoder does not load here (%s); convert the picture to PNG or"
                  + " JPEG",
              file, format.title(), e.getMessage()),
          e);
    } catch (IOException | RuntimeException e) {
      // The decoders meet a damaged file with whatever goes wrong first: an index out of bounds,
      // an illegal argument, an exception of their own.
      throw new BadInputException(
          String.format(
              "%s: a damaged %s file (%s); a fresh copy of it may help",
              file, format.title(), e.getMessage() == null ? e : e.getMessage()),
          e);
    } finally {
      reader.dispose();
    }
  }

  /** Asks for RGB samples as they stand; readers otherwise apply the file's colour profile. */
  private static ImageReadParam unconverted(ImageFormat format, ImageReader reader)
      throws IOException {
    ImageReadParam how = reader.getDefaultReadParam();
    // PNG's reader never converts, and its raw type knows nothing of a colour that is transparent.
    ImageTypeSpecifier raw = format == ImageFormat.PNG ? null : reader.getRawImageType(0);
    if (raw != null && raw.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_RGB) {
      how.setDestinationType(raw);
    }
    return how;
  }

  private static ImageReader reader(ImageFormat format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    if (!readers.hasNext()) {
      throw new IllegalStateException(
          "no reader for "
              + format.title()
              + " on the class path; is a META-INF/services/javax.imageio.spi file missing?");
    }
    return readers.next();
  }

  private static void checkSize(Path file, int height, int width) {
    if (height < MIN_SIDE || width < MIN_SIDE) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: %d x %d pixels, expected %d x %d at least; choose a picture that shows"
                  + " something",
              file,
              width,
              height,
              MIN_SIDE,
              MIN_SIDE));
    }
    long pixels = (long) height * width;
    if (pixels > MAX_PIXELS) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: %d x %d pixels, the limit is %d million; a smaller copy will do, networks look"
                  + " at a few hundred pixels a side",
              file,
              width,
              height,
              MAX_PIXELS / 1_000_000));
    }
    // Decoded bytes, the picture, and one turned upright: up to three bytes a pixel each.
    long needed = pixels * 9;
    if (needed > Runtime.getRuntime().maxMemory()) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: %d x %d pixels need about %d MB, Java's heap has %d; use a smaller copy or a"
                  + " larger heap (-Xmx)",
              file,
              width,
              height,
              needed >> 20,
              Runtime.getRuntime().maxMemory() >> 20));
    }
  }
}
