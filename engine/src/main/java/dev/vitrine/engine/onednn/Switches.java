package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.Window;

/**
 * Which element of a window was the largest, as oneDNN stores it: an integer per output, of one
 * byte where the window is small. The order of the bytes is little-endian, as all that oneDNN runs
 * on.
 */
final class Switches {
  private Switches() {}

  /** Bytes per switch. */
  static int bytes(Window window) {
    return window.kernelH() * window.kernelW() < 255 ? 1 : Integer.BYTES;
  }

  /** All of them. */
  static int[] read(Storage switches, int size) {
    int[] result = new int[size];
    if (switches.elementBytes() == Integer.BYTES) {
      switches.plain.read(0, result, 0, size);
      return result;
    }
    int[] words = new int[(size + 3) / 4];
    switches.plain.read(0, words, 0, words.length);
    for (int i = 0; i < size; i++) {
      result[i] = words[i >> 2] >> 8 * (i & 3) & 0xff;
    }
    return result;
  }

  /** The first {@code count} winners into the places from {@code to} on. */
  static void write(Storage switches, int to, int[] winners, int count) {
    if (switches.elementBytes() == Integer.BYTES) {
      switches.plain.write(to, winners, 0, count);
      return;
    }
    int[] word = new int[1];
    for (int i = 0; i < count; i++) {
      int shift = 8 * (to + i & 3);
      switches.plain.read(to + i >> 2, word, 0, 1);
      word[0] = word[0] & ~(0xff << shift) | winners[i] << shift;
      switches.plain.write(to + i >> 2, word, 0, 1);
    }
  }
}
