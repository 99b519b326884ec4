package dev.vitrine.weights.fetch;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.OptionalLong;

/**
 * Brings models' files into the cache folder: whole, of the published size and hash, or not at all.
 * What a broken or killed fetch leaves is {@code NAME.part}, and the next one goes on from it.
 */
public final class Download {
  private final CacheFolder folder;
  private final Settings settings;
  private final FetchListener listener;

  /**
   * How to reach servers and what the disk has.
   *
   * @param patience how long to wait and how often to try
   * @param proxies the proxies to go through
   * @param space the room on the disk
   */
  public record Settings(Patience patience, Proxies proxies, Space space) {
    /** Those of the user who runs the program. */
    public static Settings ofUser() {
      return new Settings(Patience.DEFAULT, Proxies.ofUser(), Download::usable);
    }
  }

  /** The room that a disk has. */
  @FunctionalInterface
  public interface Space {
    /** The bytes that can be written in a folder; empty where that is not known. */
    OptionalLong in(Path folder) throws IOException;
  }

  /**
   * What a fetch did.
   *
   * @param path the file
   * @param wasHere whether it was there before, whole and with the right hash
   */
  public record Fetched(Path path, boolean wasHere) {}

  public Download(CacheFolder folder, Settings settings, FetchListener listener) {
    this.folder = folder;
    this.settings = settings;
    this.listener = listener;
  }

  /** Brings a file from where it was published. */
  public Fetched fetch(RemoteFile file) {
    return fetch(file, Source.of(file));
  }

  /**
   * Brings a file, unless it is there already with the right hash.
   *
   * @throws FetchException if it cannot be had; nothing of it is then under its own name
   */
  public Fetched fetch(RemoteFile file, Source source) {
    Path target = folder.file(file);
    // Before anything is written: the folder may be another's, who has filled it.
    if (isHere(file, target)) {
      return new Fetched(target, true);
    }
    makeFolder(target.getParent());
    try (FetchLock lock = FetchLock.of(target, listener)) {
      boolean wasHere = isHere(file, target);
      if (!wasHere) {
        if (Files.exists(target)) {
          listener.note(target + " is damaged and will be replaced");
        }
        bring(file, source, target);
      }
      lock.deleteFile(listener);
      return new Fetched(target, wasHere);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException(file.name() + ": interrupted; the next fetch goes on from here", e);
    }
  }

  private static void makeFolder(Path models) {
    try {
      Files.createDirectories(models);
    } catch (IOException e) {
      throw new FetchException(
          "cannot make the folder " + models + ": " + Reason.of(e) + "; " + Reason.ANOTHER_FOLDER,
          e);
    }
  }

  private static boolean isHere(RemoteFile file, Path target) {
    try {
      return Files.isRegularFile(target)
          && Files.size(target) == file.bytes()
          && md5(target).equals(file.md5());
    } catch (IOException e) {
      throw new FetchException(target + ": cannot be read: " + Reason.of(e), e);
    }
  }

  private void bring(RemoteFile file, Source source, Path target) throws InterruptedException {
    try (Partial part = Partial.open(target, file.bytes())) {
      if (source instanceof Source.LocalFile local) {
        checkSize(file, local.path());
        if (!part.isAt(local.path())) {
          part.startOver(Origin.UNKNOWN);
          checkSpace(file, part);
          copy(file, local.path(), part);
        }
        checkHash(file, local.path().toString(), part.hash(), part);
      } else if (source instanceof Source.Address address) {
        transfer(file, address, part);
      }
      part.finish();
    }
  }

  private void transfer(RemoteFile file, Source.Address from, Partial part)
      throws InterruptedException {
    checkSpace(file, part);
    if (part.length() > 0) {
      listener.note(
          "going on from the " + RemoteFile.readable(part.length()) + " that are here already");
    }
    listener.progress(part.length(), file.bytes());
    Patience patience = settings.patience();
    Transfer transfer =
        new Transfer(
            new HttpSource(settings.proxies(), patience),
            from.uri(),
            file,
            part,
            patience,
            listener);
    transfer.run();
    String hash = part.hash();
    if (part.pieced() && !hash.equals(file.md5())) {
      listener.note("the pieces do not fit together (MD5 " + hash + "); starting over");
      part.startOver(Origin.UNKNOWN);
      listener.progress(0, file.bytes());
      transfer.run();
      hash = part.hash();
    }
    checkHash(file, from.uri().toString(), hash, part);
  }

  private void copy(RemoteFile file, Path from, Partial part) throws InterruptedException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    try (FileChannel in = FileChannel.open(from)) {
      while (part.length() < file.bytes() && in.read(buffer) >= 0) {
        part.write(buffer.flip());
        buffer.clear();
        listener.progress(part.length(), file.bytes());
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
    } catch (IOException e) {
      throw new FetchException(from + ": cannot be read: " + Reason.of(e), e);
    }
  }

  private static void checkSize(RemoteFile file, Path from) {
    try {
      if (Files.size(from) != file.bytes()) {
        throw new BadInputException(
            from
                + ": has "
                + Transfer.exact(Files.size(from))
                + ", expected "
                + Transfer.exact(file.bytes())
                + "; it is not "
                + file.name()
                + " as published at "
                + file.uri());
      }
    } catch (IOException e) {
      throw new FetchException(from + ": cannot be read: " + Reason.of(e), e);
    }
  }

  private void checkSpace(RemoteFile file, Partial part) {
    Path models = part.path().getParent();
    long needed = file.bytes() - part.length();
    try {
      OptionalLong free = settings.space().in(models);
      if (free.isPresent() && free.getAsLong() < needed) {
        throw new FetchException(
            models
                + ": "
                + file.name()
                + " needs "
                + RemoteFile.readable(needed)
                + " more, the disk has "
                + RemoteFile.readable(free.getAsLong())
                + "; make room, or set VITRINE_HOME to a folder on another disk");
      }
    } catch (IOException e) {
      throw new FetchException(models + ": cannot ask for free space: " + Reason.of(e), e);
    }
  }

  private static void checkHash(RemoteFile file, String from, String hash, Partial part) {
    if (!hash.equals(file.md5())) {
      part.discard();
      throw new FetchException(
          from
              + ": has MD5 "
              + hash
              + ", expected "
              + file.md5()
              + "; it is another or a damaged file, nothing of it was kept;"
              + " --from names another URL or a file");
    }
  }

  private static OptionalLong usable(Path folder) throws IOException {
    FileStore store = Files.getFileStore(folder);
    // Some network file systems say nothing.
    return store.getTotalSpace() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(store.getUsableSpace());
  }

  private static String md5(Path path) throws IOException {
    MessageDigest md5 = Partial.md5();
    ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
    try (FileChannel in = FileChannel.open(path)) {
      while (in.read(buffer) >= 0) {
        md5.update(buffer.flip());
        buffer.clear();
      }
    }
    return HexFormat.of().formatHex(md5.digest());
  }
}
