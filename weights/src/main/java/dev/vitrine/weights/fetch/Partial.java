package dev.vitrine.weights.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The bytes that are here so far, in {@code NAME.part}, and in {@code NAME.part.origin} where they
 * came from. The hash grows with them. Failures to read or write are the machine's, never the
 * network's, and end the fetch.
 */
final class Partial implements Closeable {
  private final Path target;
  private final Path path;
  private final Path originPath;
  private final FileChannel channel;
  private final MessageDigest md5;
  private Origin origin;
  private long length;
  private boolean pieced;

  private Partial(Path target) throws IOException {
    this.target = target;
    this.path = target.resolveSibling(target.getFileName() + ".part");
    this.originPath = target.resolveSibling(path.getFileName() + ".origin");
    this.md5 = md5();
    this.origin = Origin.UNKNOWN;
    this.channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  /** Goes on from what an earlier fetch of the same file left, at most {@code longest} bytes. */
  static Partial open(Path target, long longest) {
    try {
      Partial part = new Partial(target);
      try {
        part.readWhatIsThere(longest);
      } catch (IOException | RuntimeException e) {
        part.close();
        throw e;
      }
      return part;
    } catch (IOException e) {
      throw failed("cannot use " + target + ".part", e);
    }
  }

  private void readWhatIsThere(long longest) throws IOException {
    if (channel.size() > longest) {
      channel.truncate(0);
    }
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    while (channel.read(buffer) >= 0) {
      length += buffer.position();
      md5.update(buffer.flip());
      buffer.clear();
    }
    pieced = length > 0;
    if (pieced && Files.exists(originPath)) {
      origin = Origin.ofLines(Files.readAllLines(originPath, StandardCharsets.ISO_8859_1));
    }
  }

  Path path() {
    return path;
  }

  /** Whether another path leads to the part itself. */
  boolean isAt(Path other) {
    try {
      return Files.isSameFile(path, other);
    } catch (IOException e) {
      throw failed("cannot read " + other, e);
    }
  }

  /** How many bytes are here; the next one goes behind them. */
  long length() {
    return length;
  }

  Origin origin() {
    return origin;
  }

  /** Whether the bytes came in more than one piece, which may not fit together. */
  boolean pieced() {
    return pieced;
  }

  /** Says that what follows is another piece. */
  void addPiece() {
    pieced |= length > 0;
  }

  /** Drops what is here, for bytes of that origin. */
  void startOver(Origin of) {
    try {
      channel.truncate(0);
      md5.reset();
      length = 0;
      pieced = false;
      origin = of;
      Files.write(originPath, of.lines(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw failed("cannot write " + path, e);
    }
  }

  /** Appends all that is left in the buffer. */
  void write(ByteBuffer bytes) {
    ByteBuffer again = bytes.duplicate();
    try {
      while (bytes.hasRemaining()) {
        length += channel.write(bytes, length);
      }
    } catch (IOException e) {
      throw failed("cannot write " + path, e);
    }
    md5.update(again);
  }

  /** The MD5 of all the bytes that were written; nothing can be written after it was asked. */
  String hash() {
    return HexFormat.of().formatHex(md5.digest());
  }

  /** Gives the bytes the file's own name, at once and as a whole. */
  void finish() {
    try {
      channel.force(true);
      channel.close();
      Files.move(path, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(originPath);
    } catch (IOException e) {
      throw failed("cannot rename " + path + " to " + target.getFileName(), e);
    }
  }

  /** Deletes what is here. */
  void discard() {
    try {
      channel.close();
      Files.deleteIfExists(path);
      Files.deleteIfExists(originPath);
    } catch (IOException e) {
      throw failed("cannot delete " + path, e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      // Nothing to go on from.
      if (length == 0 && Files.exists(path) && Files.size(path) == 0) {
        Files.deleteIfExists(path);
        Files.deleteIfExists(originPath);
      }
    } catch (IOException e) {
      throw failed("cannot close " + path, e);
    }
  }

  static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no MD5, which all have to have", e);
    }
  }

  private static FetchException failed(String what, IOException e) {
    return new FetchException(what + ": " + Reason.of(e) + "; " + Reason.ANOTHER_FOLDER, e);
  }
}
