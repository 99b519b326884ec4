package dev.vitrine.kernels.device;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Compiled kernels in a folder, one file for each source, set of headers, architecture and version
 * of the compiler. A file that is damaged counts for none. Where nothing can be written, every
 * process compiles for itself.
 */
final class BinaryCache {
  private static final int DIGEST_BYTES = 32;

  private final Optional<Path> folder;

  /**
   * @param folder need not be there yet; empty for no cache
   */
  BinaryCache(Optional<Path> folder) {
    this.folder = folder;
  }

  /** The binary of a source from the folder, or else from the compiler. */
  KernelSource.Binary binary(
      KernelSource source,
      String architecture,
      String compilerVersion,
      Supplier<KernelSource.Binary> compiler) {
    if (folder.isEmpty()) {
      return compiler.get();
    }
    Path file = folder.get().resolve(fileName(source, architecture, compilerVersion));
    Optional<byte[]> kept = read(file);
    if (kept.isPresent()) {
      return new KernelSource.Binary(kept.get(), architecture);
    }
    KernelSource.Binary compiled = compiler.get();
    write(file, compiled.bytes());
    return compiled;
  }

  static String fileName(KernelSource source, String architecture, String compilerVersion) {
    MessageDigest digest = sha256();
    add(digest, source.name());
    add(digest, source.text());
    for (Map.Entry<String, String> header : source.headers().entrySet()) {
      add(digest, header.getKey());
      add(digest, header.getValue());
    }
    add(digest, architecture);
    add(digest, compilerVersion);
    String base = source.name().replaceFirst("\\.cu$", "");
    return base + "-" + HexFormat.of().formatHex(digest.digest(), 0, 16) + ".bin";
  }

  /** With its length before it, so that no two lists of texts look the same. */
  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
    digest.update(bytes);
  }

  /** The file's contents, of which the first bytes are the digest of the others. */
  private static Optional<byte[]> read(Path file) {
    byte[] all;
    try {
      all = Files.readAllBytes(file);
    } catch (IOException e) {
      return Optional.empty(); // not there yet, or not for us: the compiler serves
    }
    if (all.length <= DIGEST_BYTES) {
      return Optional.empty();
    }
    byte[] contents = Arrays.copyOfRange(all, DIGEST_BYTES, all.length);
    byte[] digest = Arrays.copyOf(all, DIGEST_BYTES);
    return Arrays.equals(digest, sha256().digest(contents))
        ? Optional.of(contents)
        : Optional.empty();
  }

  private static void write(Path file, byte[] contents) {
    byte[] all = Arrays.copyOf(sha256().digest(contents), DIGEST_BYTES + contents.length);
    System.arraycopy(contents, 0, all, DIGEST_BYTES, contents.length);
    AtomicFile.write(file, all);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }
}
