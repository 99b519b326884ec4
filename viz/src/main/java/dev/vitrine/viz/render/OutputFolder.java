package dev.vitrine.viz.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import javax.imageio.ImageIO;

/**
 * The folder that results are written to. A file appears under its name only when it is whole: it
 * is written beside it under another name and then renamed, over an older one if there is one.
 */
public final class OutputFolder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final String PARTIAL = ".partial";
  private static final int UUID_LENGTH = 36;

  /** No single file takes this long to write, so that nobody is at it any more. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  static {
    ImageIO.setUseCache(false);
  }

  private final Path folder;

  /**
   * The folder, made if there is none yet.
   *
   * @throws OutputException if it cannot be made
   */
  public OutputFolder(Path folder) {
    this.folder = folder;
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new OutputException(
          folder + ": a file, expected a folder to write to; choose another with --out", e);
    } catch (IOException e) {
      throw failure("the folder " + folder, "made", e);
    }
    removeForgotten();
  }

  /** A run that was killed leaves at most one file behind, under the name that it began with. */
  private void removeForgotten() {
    FileTime old = FileTime.from(Instant.now().minus(FORGOTTEN));
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ".*" + PARTIAL)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.length() == UUID_LENGTH + PARTIAL.length() + 1
            && Files.getLastModifiedTime(file).compareTo(old) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // Another run may have removed it meanwhile; whether the folder serves, the first file shows.
    }
  }

  /** Where the files go. */
  public Path path() {
    return folder;
  }

  /** Writes a picture as {@code name.png} and returns the file. */
  public Path png(String name, Picture picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(picture.toBufferedImage(), "png", bytes)) {
        throw new IllegalStateException("this Java has no PNG writer (module java.desktop)");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // into memory: not the disk's fault
    }
    return write(name + ".png", bytes.toByteArray());
  }

  /**
   * Writes numbers as {@code name.npy}, float32, and returns the file.
   *
   * @param values of this shape in row-major order
   */
  public Path npy(String name, int[] shape, float[] values) {
    return write(name + ".npy", Npy.bytes(shape, values));
  }

  /** Numbers that are made as they are written. */
  public interface Slices {
    /** Fills the numbers of one index of the first axis. */
    void fill(int index, float[] slice);
  }

  /**
   * Writes numbers as {@code name.npy}, float32, of which only a slice at a time is in memory.
   *
   * @param shape in row-major order
   */
  public Path npy(String name, int[] shape, Slices slices) {
    int each = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      each = Math.multiplyExact(each, shape[axis]);
    }
    float[] slice = new float[each];
    ByteBuffer bytes = ByteBuffer.allocate(4 * each).order(ByteOrder.LITTLE_ENDIAN);
    return write(
        name + ".npy",
        out -> {
          out.write(Npy.header(shape));
          for (int i = 0; i < shape[0]; i++) {
            slices.fill(i, slice);
            bytes.asFloatBuffer().put(slice);
            out.write(bytes.array());
          }
        });
  }

  /** Writes what Jackson can write (a node, a map, a record) as {@code name.json}. */
  public Path json(String name, Object content) {
    try {
      return text(name + ".json", JSON.writeValueAsString(content) + "\n");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(name + ".json: no JSON can be made of " + content, e);
    }
  }

  /** Writes text in UTF-8 under a whole file name such as {@code explain.html}. */
  public Path text(String fileName, String content) {
    return write(fileName, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes bytes under a whole file name, see {@link #file}.
   *
   * @return the file
   * @throws OutputException if the folder may not be written to, the disk is full, or similar
   */
  public Path write(String fileName, byte[] bytes) {
    return write(fileName, out -> out.write(bytes));
  }

  /**
   * Removes a file, if it is there.
   *
   * @throws OutputException if it may not be
   */
  public void remove(String fileName) {
    try {
      Files.deleteIfExists(file(fileName));
    } catch (IOException e) {
      throw failure(file(fileName).toString(), "removed", e);
    }
  }

  private interface Content {
    void to(OutputStream out) throws IOException;
  }

  private Path write(String fileName, Content content) {
    Path file = file(fileName);
    Path partial = folder.resolve("." + UUID.randomUUID() + PARTIAL);
    try {
      try {
        // Not a temporary file in Java's sense: those are readable by their owner only.
        try (OutputStream out =
            Files.newOutputStream(
                partial, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
          content.to(out);
        }
        rename(partial, file);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw failure(file.toString(), "written", e);
    }
    return file;
  }

  /**
   * Where a file of this name lies, or would. Characters that some system forbids in names, such as
   * the slash in a layer's name, become underscores.
   */
  public Path file(String fileName) {
    return folder.resolve(fileName.replaceAll("[\\\\/:*?\"<>|\\p{Cntrl}]", "_"));
  }

  private static void rename(Path partial, Path file) throws IOException {
    try {
      Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING); // some network file systems
    }
  }

  private static OutputException failure(String what, String done, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    if (e instanceof AccessDeniedException) {
      reason = "permission denied";
    } else if (e instanceof NoSuchFileException) {
      reason = "the folder that it would lie in is not there";
    } else if (e instanceof FileSystemException f && f.getReason() != null) {
      reason = f.getReason(); // without the name, which may be that of the partial file
    }
    return new OutputException(
        what + " cannot be " + done + ": " + reason + "; choose another folder with --out", e);
  }
}
