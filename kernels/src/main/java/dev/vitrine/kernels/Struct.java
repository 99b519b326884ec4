package dev.vitrine.kernels;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Lays out a structure for a kernel, field by field, as C does: little-endian, aligned. */
final class Struct {
  private final ByteBuffer bytes = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);

  Struct int32(int... values) {
    for (int value : values) {
      bytes.putInt(value);
    }
    return this;
  }

  /** Strides and extents, which kernels keep in 32 bits: no array has 2^31 elements. */
  Struct int32(long value) {
    bytes.putInt(Math.toIntExact(value));
    return this;
  }

  Struct float32(double... values) {
    for (double value : values) {
      bytes.putFloat((float) value);
    }
    return this;
  }

  /** Only as first fields: nothing is aligned here. */
  Struct float64(double... values) {
    for (double value : values) {
      bytes.putDouble(value);
    }
    return this;
  }

  Struct divisor(int divisor) {
    Divisor d = Divisor.of(divisor);
    return int32(d.divisor(), d.multiplier(), d.shift());
  }

  byte[] bytes() {
    return Arrays.copyOf(bytes.array(), bytes.position());
  }
}
