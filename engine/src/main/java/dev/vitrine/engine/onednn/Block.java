package dev.vitrine.engine.onednn;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A piece of memory outside the Java heap, aligned to 64 bytes. Java's loops copy pieces of it to
 * arrays, work there, and copy back: that is where the compiler vectorizes, and the pieces stay in
 * the processor's cache.
 */
final class Block {
  static final int ALIGNMENT = 64;

  /** Elements per view: a buffer of the JDK holds less than 2 GiB. */
  private static final int VIEW = 1 << 28;

  private final long bytes;
  private final BytePointer start;
  private final FloatBuffer[] floats;
  private final IntBuffer[] ints;
  private final Operand whole = Operand.whole(this);
  private Pointer allocation;

  /** When it was given back to {@link NativeMemory} last, in whatever unit that counts. */
  long given;

  private Block(Pointer allocation, long bytes) {
    this.allocation = allocation;
    this.bytes = bytes;
    long misaligned = allocation.address() % ALIGNMENT;
    BytePointer whole = new BytePointer(allocation);
    start = whole.getPointer(misaligned == 0 ? 0 : ALIGNMENT - misaligned);
    int views = (int) ((bytes + 4L * VIEW - 1) / (4L * VIEW));
    floats = new FloatBuffer[views];
    ints = new IntBuffer[views];
    for (int i = 0; i < views; i++) {
      long from = 4L * VIEW * i;
      BytePointer part = start.getPointer(from);
      part.capacity(Math.min(4L * VIEW, bytes - from));
      ByteBuffer buffer = part.asByteBuffer();
      floats[i] = buffer.asFloatBuffer();
      ints[i] = buffer.asIntBuffer();
    }
  }

  /** A new block of undefined contents, or null if the system has no more memory. */
  static Block allocate(long bytes) {
    // Pointer.malloc registers nothing with JavaCPP's collector: free() alone gives it back.
    Pointer allocation = Pointer.malloc(bytes + ALIGNMENT);
    return allocation == null || allocation.isNull() ? null : new Block(allocation, bytes);
  }

  void free() {
    Pointer.free(allocation);
    allocation = null;
  }

  long bytes() {
    return bytes;
  }

  /** This block as an operand that is not broadcast; one object, as loops ask for it often. */
  Operand whole() {
    return whole;
  }

  /** The first byte, for oneDNN. */
  Pointer pointer() {
    return start;
  }

  /** The byte at an offset, for oneDNN. */
  Pointer pointer(long byteOffset) {
    return byteOffset == 0 ? start : start.getPointer(byteOffset);
  }

  /** The memory of some numbers, for who reads or writes them as bytes. */
  ByteBuffer bytes(long from, int count) {
    BytePointer part = start.getPointer(Float.BYTES * from);
    part.capacity((long) Float.BYTES * count);
    return part.asByteBuffer().order(ByteOrder.nativeOrder());
  }

  void read(long from, float[] target, int to, int count) {
    int view = (int) (from / VIEW);
    int at = (int) (from % VIEW);
    int first = Math.min(count, VIEW - at);
    floats[view].get(at, target, to, first);
    if (first < count) {
      read(from + first, target, to + first, count - first);
    }
  }

  void write(long to, float[] source, int from, int count) {
    int view = (int) (to / VIEW);
    int at = (int) (to % VIEW);
    int first = Math.min(count, VIEW - at);
    floats[view].put(at, source, from, first);
    if (first < count) {
      write(to + first, source, from + first, count - first);
    }
  }

  /** The same memory as raw bits. */
  void read(long from, int[] target, int to, int count) {
    int view = (int) (from / VIEW);
    int at = (int) (from % VIEW);
    int first = Math.min(count, VIEW - at);
    ints[view].get(at, target, to, first);
    if (first < count) {
      read(from + first, target, to + first, count - first);
    }
  }

  void write(long to, int[] source, int from, int count) {
    int view = (int) (to / VIEW);
    int at = (int) (to % VIEW);
    int first = Math.min(count, VIEW - at);
    ints[view].put(at, source, from, first);
    if (first < count) {
      write(to + first, source, from + first, count - first);
    }
  }
}
