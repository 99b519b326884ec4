package dev.vitrine.weights;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Damages a file as disks, networks and ill will do: bits, bytes, numbers, lost and doubled parts.
 * The same seed makes the same damage.
 */
final class Mutation {
  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    127,
    128,
    255,
    65_535,
    65_536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };
  private static final String[] WORDS = {
    "0",
    "-1",
    "1e400",
    "999999999",
    "2147483647",
    "null",
    "true",
    "[]",
    "{}",
    "\"x\"",
    "NaN",
    "\"same\"",
    "[1, 1]",
    "[null, null, null, 3]",
    "\u0000"
  };

  private final SplittableRandom random;

  Mutation(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** A damaged copy, one to four times over. */
  byte[] of(byte[] file) {
    byte[] mutated = file.clone();
    for (int i = 1 + random.nextInt(4); i > 0 && mutated.length > 16; i--) {
      mutated = once(mutated);
    }
    return mutated;
  }

  private byte[] once(byte[] file) {
    int at = place(file);
    switch (random.nextInt(9)) {
      case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> file[at] = (byte) random.nextInt(256);
      case 2 -> number(file, at, 2);
      case 3 -> number(file, at, 4);
      case 4 -> number(file, at, 8);
      case 5 -> Arrays.fill(file, at, end(file, at), (byte) (random.nextBoolean() ? 0 : 255));
      case 6 -> {
        byte[] part = Arrays.copyOfRange(file, at, end(file, at));
        int to = place(file);
        System.arraycopy(part, 0, file, to, Math.min(part.length, file.length - to));
      }
      case 7 -> {
        // Most files that are cut are refused at once.
        return random.nextInt(4) == 0 ? Arrays.copyOf(file, at) : word(file, at);
      }
      default -> {
        return word(file, at);
      }
    }
    return file;
  }

  /** A place; half of the time among letters, where names and the configuration are. */
  private int place(byte[] file) {
    int at = random.nextInt(file.length);
    if (random.nextBoolean()) {
      for (int tries = 0; tries < 200 && !isText(file, at); tries++) {
        at = random.nextInt(file.length);
      }
    }
    return at;
  }

  private static boolean isText(byte[] file, int at) {
    for (int i = at; i < Math.min(file.length, at + 4); i++) {
      if (file[i] < ' ') {
        return false;
      }
    }
    return true;
  }

  private int end(byte[] file, int at) {
    return Math.min(file.length, at + 1 + random.nextInt(1 << random.nextInt(1, 10)));
  }

  private void number(byte[] file, int at, int width) {
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    ByteBuffer bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
    int aligned = at / width * width;
    for (int i = 0; i < width && aligned + i < file.length; i++) {
      file[aligned + i] = bytes.get(i);
    }
  }

  /** Puts another value in the place of one in a text, as wide as that one. */
  private byte[] word(byte[] file, int at) {
    int start = at;
    while (start > 0 && !isBoundary(file[start - 1])) {
      start--;
    }
    int end = at;
    while (end < file.length && !isBoundary(file[end])) {
      end++;
    }
    byte[] word = WORDS[random.nextInt(WORDS.length)].getBytes(ISO_8859_1);
    for (int i = start; i < end; i++) {
      file[i] = i - start < word.length ? word[i - start] : (byte) ' ';
    }
    return file;
  }

  private static boolean isBoundary(byte b) {
    return b == ' ' || b == ',' || b == ':' || b == '[' || b == ']' || b == '{' || b == '}'
        || b == 0;
  }
}
