package dev.vitrine.viz.trace;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers as a script reads them: float32, the low byte first. */
final class Floats {
  private Floats() {}

  static byte[] bytes(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    return bytes.array();
  }

  /**
   * The planes of some channels, one after the other.
   *
   * @param values of so many channels, the channel being the innermost axis
   */
  static byte[] planes(float[] values, int channels, int[] chosen) {
    int pixels = values.length / channels;
    float[] planes = new float[pixels * chosen.length];
    for (int k = 0; k < chosen.length; k++) {
      for (int p = 0; p < pixels; p++) {
        planes[k * pixels + p] = values[p * channels + chosen[k]];
      }
    }
    return bytes(planes);
  }
}
