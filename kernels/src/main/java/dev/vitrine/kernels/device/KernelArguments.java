package dev.vitrine.kernels.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of a kernel, in order, by value. Built by chaining: {@code new
 * KernelArguments().pointer(x).pointer(y).int64(n)}.
 */
public final class KernelArguments {
  /** What the kernel's signature has at this place. */
  public enum Kind {
    /** The address of memory on the card; 8 bytes. */
    POINTER,
    /** {@code int}. */
    INT,
    /** {@code long long}. */
    LONG,
    FLOAT,
    /** A plain structure of ints and long longs, passed by value. */
    STRUCT
  }

  /** One argument: its kind and its bytes as they lie in the card's memory (little-endian). */
  public record Argument(Kind kind, byte[] bytes) {}

  private final List<Argument> arguments = new ArrayList<>();

  /**
   * An address that must be there.
   *
   * @throws IllegalArgumentException if it is 0
   */
  public KernelArguments pointer(long address) {
    if (address == 0) {
      throw new IllegalArgumentException(
          "argument " + arguments.size() + " of a kernel is a null pointer; it needs an address");
    }
    return optionalPointer(address);
  }

  /** An address, or 0 for none. */
  public KernelArguments optionalPointer(long address) {
    return add(Kind.POINTER, bytes(8).putLong(address));
  }

  public KernelArguments int32(int value) {
    return add(Kind.INT, bytes(4).putInt(value));
  }

  public KernelArguments int64(long value) {
    return add(Kind.LONG, bytes(8).putLong(value));
  }

  public KernelArguments float32(float value) {
    return add(Kind.FLOAT, bytes(4).putFloat(value));
  }

  /** A structure of {@code long long}s only. */
  public KernelArguments longs(long... values) {
    ByteBuffer bytes = bytes(8 * values.length);
    for (long value : values) {
      bytes.putLong(value);
    }
    return add(Kind.STRUCT, bytes);
  }

  /** A structure of {@code int}s only. */
  public KernelArguments ints(int... values) {
    ByteBuffer bytes = bytes(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return add(Kind.STRUCT, bytes);
  }

  /** A structure whose bytes, padding included, the caller has laid out. */
  public KernelArguments struct(byte[] bytes) {
    return add(Kind.STRUCT, ByteBuffer.wrap(bytes.clone()));
  }

  /** The arguments in order. */
  public List<Argument> list() {
    return List.copyOf(arguments);
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private KernelArguments add(Kind kind, ByteBuffer bytes) {
    arguments.add(new Argument(kind, bytes.array()));
    return this;
  }
}
