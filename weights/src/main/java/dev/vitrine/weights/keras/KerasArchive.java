package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Keras 3's own format: a zip archive of the structure, {@code config.json}, and the weights,
 * {@code model.weights.h5}. The weights are copied to a temporary file, which closing deletes.
 */
final class KerasArchive implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";
  private static final int LONGEST_CONFIG = 64 << 20;

  /** What deflate can make of one byte at most. */
  private static final long LARGEST_RATIO = 1100;

  private final String config;
  private final Path copy;
  private final H5File weights;

  private KerasArchive(String config, Path copy, H5File weights) {
    this.config = config;
    this.copy = copy;
    this.weights = weights;
  }

  /** True if a file begins as a zip archive does. */
  static boolean is(String head) {
    return head.startsWith("PK\3\4");
  }

  /**
   * Opens an archive.
   *
   * @throws BadInputException if it is damaged, or another program's
   */
  static KerasArchive open(Path path) {
    String name = path.getFileName().toString();
    Path copy = null;
    try (ZipFile zip = new ZipFile(path.toFile())) {
      ZipEntry config = zip.getEntry(CONFIG);
      ZipEntry weights = zip.getEntry(WEIGHTS);
      if (config == null || weights == null) {
        throw new BadInputException(
            path
                + ": is a zip archive without "
                + (config == null ? CONFIG : WEIGHTS)
                + ", as PyTorch's files are, expected one of Keras 3; model.save('model.keras')"
                + " makes one");
      }
      String json = new String(text(name, zip, config), UTF_8);
      copy = Files.createTempFile("vitrine-", ".h5");
      copy(name, zip, weights, copy);
      return new KerasArchive(json, copy, H5File.open(copy, name));
    } catch (ZipException | IllegalArgumentException e) {
      delete(copy);
      throw damaged(name, "is a zip archive that cannot be read (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      delete(copy);
      throw damaged(name, "cannot be unpacked (" + e.getMessage() + ")", e);
    } catch (RuntimeException e) {
      delete(copy);
      throw e;
    }
  }

  private static byte[] text(String name, ZipFile zip, ZipEntry entry) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(LONGEST_CONFIG + 1);
      if (bytes.length > LONGEST_CONFIG) {
        throw damaged(name, "its " + CONFIG + " is longer than 64 MB", null);
      }
      return bytes;
    }
  }

  /** Nothing is unpacked beyond what the archive declares. */
  private static void copy(String name, ZipFile zip, ZipEntry entry, Path to) throws IOException {
    long left = entry.getSize();
    if (left < 0 || left / LARGEST_RATIO > Math.max(entry.getCompressedSize(), 0)) {
      throw damaged(
          name,
          "its "
              + WEIGHTS
              + " should unpack from "
              + entry.getCompressedSize()
              + " bytes to "
              + left,
          null);
    }
    try (InputStream in = zip.getInputStream(entry);
        OutputStream out = Files.newOutputStream(to)) {
      byte[] block = new byte[1 << 16];
      for (int n = in.read(block); n >= 0; n = in.read(block)) {
        left -= n;
        if (left < 0) {
          throw damaged(name, "its " + WEIGHTS + " unpacks to more than it declares", null);
        }
        out.write(block, 0, n);
      }
    }
  }

  private static BadInputException damaged(String name, String what, Throwable cause) {
    return new BadInputException(
        name + ": " + what + "; the file is damaged or was cut short: fetch or save it again",
        cause);
  }

  private static void delete(Path copy) {
    try {
      if (copy != null) {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      copy.toFile().deleteOnExit(); // Windows lets go of it later
    }
  }

  /** The structure, as JSON. */
  String config() {
    return config;
  }

  H5File weights() {
    return weights;
  }

  @Override
  public void close() {
    weights.close();
    delete(copy);
  }
}
