package dev.vitrine.weights.fetch;

import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** What the tests of downloads have in common: files to serve, a listener, short waits. */
final class Fetching {
  static final int SIZE = 100_000;
  static final byte[] RIGHT = bytes(1, SIZE);

  /** The same size, other bytes. */
  static final byte[] WRONG = bytes(2, SIZE);

  /** Waits that no loaded machine exceeds by chance. */
  static final Patience PATIENT = patience(Duration.ofSeconds(20), 4);

  private Fetching() {}

  static Patience patience(Duration stall, int attempts) {
    return new Patience(
        Duration.ofSeconds(5), stall, attempts, Duration.ofMillis(1), Duration.ofMillis(50));
  }

  static byte[] bytes(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static String md5(byte[] bytes) {
    MessageDigest md5 = Partial.md5();
    md5.update(ByteBuffer.wrap(bytes));
    return HexFormat.of().formatHex(md5.digest());
  }

  /** The right bytes, as published at that address. */
  static RemoteFile published(URI uri) {
    return new RemoteFile("net", uri, SIZE, md5(RIGHT), "a network", "none");
  }

  static Download.Settings settings(Patience patience) {
    Proxies none = Proxies.of(name -> null, name -> null);
    return new Download.Settings(patience, none, folder -> OptionalLong.empty());
  }

  /** Keeps what it is told. */
  static final class Heard implements FetchListener {
    final List<Long> progress = new ArrayList<>();
    final List<String> notes = new ArrayList<>();

    @Override
    public synchronized void progress(long done, long total) {
      progress.add(done);
    }

    @Override
    public synchronized void note(String line) {
      notes.add(line);
      notifyAll();
    }

    synchronized void awaitNote(String part) throws InterruptedException {
      long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (notes.stream().noneMatch(note -> note.contains(part))) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("never heard '" + part + "', only " + notes);
        }
        wait(left);
      }
    }
  }
}
