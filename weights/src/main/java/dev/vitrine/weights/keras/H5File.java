package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import io.jhdf.HdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.storage.HdfBackingStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** An HDF5 file, read only. Whatever is wrong inside it is an error that names file and place. */
final class H5File implements AutoCloseable {
  /**
   * Files up to this size are held in memory, where a length that a damaged header speaks of is cut
   * from what is there. From a file the library makes room for it first, which may be gigabytes.
   */
  private static final long WHOLE = 32 << 20;

  private final String name;
  private final HdfFile file;

  private H5File(String name, Supplier<HdfFile> open) {
    this.name = name;
    this.file = guarded("its header", open);
  }

  static H5File open(Path path) {
    FileKind.check(path);
    return open(path, path.getFileName().toString());
  }

  /** A part of another file, unpacked; messages call it by that one's name. */
  static H5File open(Path path, String name) {
    byte[] whole = whole(path);
    return new H5File(name, () -> whole.length > 0 ? HdfFile.fromBytes(whole) : new HdfFile(path));
  }

  /** The bytes of a file that is small enough to be held in memory; none of a larger one. */
  private static byte[] whole(Path path) {
    try {
      return Files.size(path) <= WHOLE ? Files.readAllBytes(path) : new byte[0];
    } catch (IOException e) {
      throw new BadInputException(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /** A file that lies in memory. */
  static H5File of(String name, byte[] bytes) {
    return new H5File(name, () -> HdfFile.fromBytes(bytes));
  }

  /** What messages call the file. */
  String name() {
    return name;
  }

  /** A text attribute of a group; {@code "/"} is the root. */
  Optional<String> text(String path, String attribute) {
    return guarded(
        "attribute " + attribute + " of " + path,
        () -> find(path).map(n -> n.getAttribute(attribute)).map(a -> texts(a).get(0)));
  }

  /**
   * A list of texts, empty if there is no such group or attribute. Keras cuts lists that are too
   * long for one attribute into several: {@code weight_names0}, {@code weight_names1}, ...
   */
  List<String> texts(String path, String attribute) {
    return guarded(
        "attribute " + attribute + " of " + path,
        () -> {
          List<String> all = new ArrayList<>();
          Optional<Node> node = find(path);
          if (node.isPresent()) {
            Attribute whole = node.get().getAttribute(attribute);
            if (whole != null) {
              return texts(whole);
            }
            for (int part = 0; node.get().getAttribute(attribute + part) != null; part++) {
              all.addAll(texts(node.get().getAttribute(attribute + part)));
            }
          }
          return all;
        });
  }

  boolean hasGroup(String path) {
    return guarded(path, () -> find(path).filter(Node::isGroup).isPresent());
  }

  /** The names of what is in a group, none if there is no such group. */
  List<String> children(String path) {
    return guarded(
        path,
        () ->
            find(path)
                .filter(Group.class::isInstance)
                .map(group -> List.copyOf(((Group) group).getChildren().keySet()))
                .orElse(List.of()));
  }

  Optional<H5Dataset> dataset(String path) {
    return guarded(
        path,
        () ->
            find(path)
                .filter(Dataset.class::isInstance)
                .map(node -> new H5Dataset(this, path, (Dataset) node)));
  }

  /** Fills the rest of a buffer from an address that the file itself speaks of. */
  void readBytes(long address, ByteBuffer buffer) {
    HdfBackingStorage storage = file.getHdfBackingStorage();
    if (storage.inMemory()) {
      buffer.put(storage.readBufferFromAddress(address, buffer.remaining()));
      return;
    }
    // The library would map the file; a mapping lives until the collector finds it, keeps Windows
    // from replacing the file, and ends in a signal if the file is cut meanwhile.
    long at = storage.getUserBlockSize() + address;
    try {
      while (buffer.hasRemaining()) {
        int count = storage.getFileChannel().read(buffer, at);
        if (count < 0) {
          throw new IllegalStateException("the file ends within it");
        }
        at += count;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Optional<Node> find(String path) {
    Node node = file;
    for (String part : path.split("/")) {
      if (!part.isEmpty()) {
        node = node instanceof Group group ? group.getChild(part) : null;
      }
    }
    return Optional.ofNullable(node);
  }

  private static List<String> texts(Attribute attribute) {
    if (attribute.isEmpty() || attribute.getSize() == 0) {
      return List.of(); // Keras writes an empty list as numbers
    }
    Object data = attribute.getData();
    if (data instanceof String text) {
      return List.of(text);
    }
    if (data instanceof String[] texts) {
      return List.of(texts);
    }
    if (data instanceof byte[] bytes) {
      return List.of(new String(bytes, StandardCharsets.UTF_8));
    }
    throw new IllegalStateException(
        "it holds " + attribute.getJavaType().getSimpleName() + ", expected text");
  }

  /** Runs what reads the file; a damaged file can make the library fail in any way at all. */
  <T> T guarded(String place, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (BadInputException e) {
      throw e;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError | InternalError e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new BadInputException(
          name
              + ": "
              + place
              + " cannot be read ("
              + why
              + "); the file is damaged or was cut short: fetch or save it again",
          e);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
