package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says what a file is that is handed over as a model. */
enum FileKind {
  HDF5_FILE,
  KERAS_ARCHIVE,
  SAFETENSORS;

  private static final String HDF5 = "\u0089HDF\r\n\u001a\n";

  /** Bytes that hold the fields of any superblock that are looked at. */
  private static final int SUPERBLOCK = 52;

  /**
   * Looks at a file's first bytes.
   *
   * @throws BadInputException if it cannot be a model
   */
  static FileKind of(Path file) {
    if (Files.isRegularFile(file)) {
      byte[] start = start(file);
      if (KerasArchive.is(new String(start, ISO_8859_1))) {
        return KERAS_ARCHIVE;
      }
      if (SafetensorsFile.is(start)) {
        return SAFETENSORS;
      }
    }
    check(file);
    return HDF5_FILE;
  }

  /**
   * Checks that a file is a whole HDF5 file.
   *
   * @throws BadInputException if it is not
   */
  static void check(Path file) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(
          file
              + ": is a directory, expected a Keras HDF5 file; "
              + "a SavedModel becomes one by model.save('model.h5') in Keras");
    }
    byte[] start = start(file);
    String head = new String(start, ISO_8859_1);
    // A user's block may stand before the header: the library looks further down the file.
    if (!head.startsWith(HDF5) && !head.contains(HDF5)) {
      throw new BadInputException(
          file
              + ": "
              + guess(head)
              + ", expected a Keras HDF5 file; model.save('model.h5') makes one");
    }
    if (head.startsWith(HDF5) && start.length >= SUPERBLOCK) {
      long whole = sizeWhenClosed(start);
      if (size(file) < whole) {
        throw new BadInputException(
            file
                + ": holds "
                + size(file)
                + " of its "
                + whole
                + " bytes; the download or the copy broke off: fetch it again");
      }
    }
  }

  private static byte[] start(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(4096);
    } catch (AccessDeniedException e) {
      throw new BadInputException(file + ": may not be read, give yourself the right to", e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The size that the file had when it was closed, or -1 if its header does not say it in 8 bytes;
   * see the superblock in the HDF5 File Format Specification, versions 0 to 3.
   */
  private static long sizeWhenClosed(byte[] start) {
    ByteBuffer superblock = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int version = superblock.get(8);
    int bytesOfAnAddress = superblock.get(version < 2 ? 13 : 9);
    int end = version == 0 ? 40 : version == 1 ? 44 : 28;
    boolean known = version >= 0 && version <= 3 && bytesOfAnAddress == Long.BYTES;
    return known ? superblock.getLong(end) : -1;
  }

  private static String guess(String head) {
    String text = head.stripLeading().toLowerCase(Locale.ROOT);
    if (head.isEmpty()) {
      return "is empty";
    }
    if (head.startsWith("version https://git-lfs.github.com/spec/")) {
      return "is a Git LFS pointer, not the file itself ('git lfs pull' fetches it)";
    }
    if (KerasArchive.is(head)) {
      return "is a zip archive";
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "is a web page";
    }
    return "is no HDF5 file";
  }
}
