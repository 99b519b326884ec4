package dev.vitrine.kernels.device;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that other processes see either whole or not at all. */
final class AtomicFile {
  private AtomicFile() {}

  /**
   * Replaces a file, and makes its folder. A cache that cannot be written costs time, not results,
   * so failure is an answer.
   *
   * @return whether the file has the contents now
   */
  static boolean write(Path file, byte[] contents) {
    Path part = null;
    try {
      Files.createDirectories(file.getParent());
      part = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".part");
      Files.write(part, contents);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return true;
    } catch (IOException e) {
      delete(part);
      return false;
    }
  }

  private static void delete(Path part) {
    if (part != null) {
      part.toFile().delete();
    }
  }
}
