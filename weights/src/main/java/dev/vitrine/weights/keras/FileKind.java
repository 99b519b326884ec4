package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Says what a file is that is handed over as a model and is no HDF5 file. */
final class FileKind {
  private static final String HDF5 = "\u0089HDF\r\n\u001a\n";

  private FileKind() {}

  static void check(Path file) {
    if (Files.isDirectory(file)) {
      throw new BadInputException(
          file
              + ": is a directory, expected a Keras HDF5 file; "
              + "a SavedModel becomes one by model.save('model.h5') in Keras");
    }
    String head = head(file);
    // A user's block may stand before the header: the library looks further down the file.
    if (!head.startsWith(HDF5) && !head.contains(HDF5)) {
      throw new BadInputException(
          file
              + ": "
              + guess(head)
              + ", expected a Keras HDF5 file; model.save('model.h5') makes one");
    }
  }

  private static String head(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(4096), ISO_8859_1);
    } catch (AccessDeniedException e) {
      throw new BadInputException(file + ": may not be read, give yourself the right to", e);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String guess(String head) {
    String text = head.stripLeading().toLowerCase(Locale.ROOT);
    if (head.isEmpty()) {
      return "is empty";
    }
    if (head.startsWith("version https://git-lfs.github.com/spec/")) {
      return "is a Git LFS pointer, not the file itself ('git lfs pull' fetches it)";
    }
    if (head.startsWith("PK\3\4")) {
      return "is a zip archive, as Keras' own .keras format and PyTorch's files are";
    }
    if (text.startsWith("<!doctype html") || text.startsWith("<html")) {
      return "is a web page";
    }
    return "is no HDF5 file";
  }
}
