package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import java.util.SplittableRandom;

/** What is in buffers. */
final class Contents {
  private Contents() {}

  /** A buffer of numbers between -1/2 and 1/2, the same ones for the same seed. */
  static Buffer random(Backend backend, long seed, Shape shape) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] contents = new float[(int) shape.size()];
    for (int i = 0; i < contents.length; i++) {
      contents[i] = (float) (random.nextDouble() - 0.5);
    }
    return of(backend, shape, contents);
  }

  static Buffer of(Backend backend, Shape shape, float... contents) {
    Buffer buffer = backend.alloc(shape);
    backend.upload(buffer, 0, contents, 0, contents.length);
    return buffer;
  }

  static float[] download(Backend backend, Buffer buffer) {
    float[] contents = new float[(int) buffer.shape().size()];
    backend.download(buffer, 0, contents, 0, contents.length);
    return contents;
  }
}
