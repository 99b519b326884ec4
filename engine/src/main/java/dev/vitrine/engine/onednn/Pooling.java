package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.onednn.PoolingPlan.Key;
import dev.vitrine.engine.onednn.PoolingPlan.Kind;
import org.bytedeco.javacpp.Pointer;

/** Pooling by oneDNN; its workspace is our switches. */
final class Pooling {
  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;

  Pooling(Library library, NativeMemory memory, Primitives primitives) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
  }

  /** Bytes per switch: oneDNN counts the elements of a small window in one byte. */
  static int switchBytes(Window window) {
    return window.kernelH() * window.kernelW() < 255 ? 1 : Integer.BYTES;
  }

  void run(Kind kind, Window window, Shape x, Shape y, Pointer... data) {
    Key key = new Key(kind, window, x, y);
    Primitive primitive = primitives.get(key, () -> key.make(library));
    primitive.run(library, memory, data);
  }

  static int[] download(Storage switches, int size) {
    int[] result = new int[size];
    if (switches.elementBytes == Integer.BYTES) {
      switches.plain.read(0, result, 0, size);
      return result;
    }
    int[] words = Loops.Arrays.own().i;
    for (int at = 0; at < size; at += 4 * words.length) {
      int count = Math.min(4 * words.length, size - at);
      switches.plain.read(at / 4, words, 0, (count + 3) / 4);
      for (int i = 0; i < count; i++) {
        result[at + i] = words[i >> 2] >> 8 * (i & 3) & 0xff; // little-endian, as all it runs on
      }
    }
    return result;
  }
}
