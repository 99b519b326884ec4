package dev.vitrine.weights.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Lets one fetch at a time at a file, whatever process it runs in. The system frees the lock of one
 * that was killed.
 */
final class FetchLock implements Closeable {
  private static final long POLL_MILLIS = 100;

  private final Path path;
  private final FileChannel channel;

  private FetchLock(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** Waits for the lock for as long as another fetch has it. */
  static FetchLock of(Path target, FetchListener listener) {
    Path path = target.resolveSibling(target.getFileName() + ".lock");
    try {
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      try {
        boolean told = false;
        while (tryLock(channel) == null) {
          if (!told) {
            listener.note("waiting for another fetch of " + target.getFileName() + " to end");
            told = true;
          }
          Thread.sleep(POLL_MILLIS);
        }
        return new FetchLock(path, channel);
      } catch (IOException | InterruptedException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw new FetchException(
          "cannot lock " + path + ": " + Reason.of(e) + "; " + Reason.ANOTHER_FOLDER, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException("interrupted while waiting for " + path, e);
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Another thread of this process has it.
      return null;
    }
  }

  /**
   * Deletes the lock's file, which only one may do who has the target in place: whoever waits on
   * the deleted file finds that, and so does whoever makes a new one.
   */
  void deleteFile(FetchListener listener) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      listener.note("the empty file " + path + " stays, it can be deleted: " + Reason.of(e));
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new FetchException("cannot close " + path + ": " + Reason.of(e), e);
    }
  }
}
