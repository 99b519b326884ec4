package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Arguments;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Window;
import java.util.Arrays;

/** The part of the {@link ReferenceBackend} that keeps its buffers and refuses to misuse them. */
abstract class ReferenceMemory implements Backend {
  private long liveBytes;
  private boolean closed;

  @Override
  public Buffer alloc(Shape shape) {
    return alloc("alloc", shape, null);
  }

  final ReferenceBuffer alloc(String operation, Shape shape, Window switchesOf) {
    open(operation);
    Arguments.alloc(shape);
    var memory = new ReferenceBuffer.Memory(this, Math.toIntExact(shape.size()));
    Arrays.fill(memory.data, Double.NaN);
    liveBytes += bytes(memory);
    return new ReferenceBuffer(memory, shape, switchesOf);
  }

  private static long bytes(ReferenceBuffer.Memory memory) {
    return (long) Double.BYTES * memory.data.length;
  }

  @Override
  public Buffer reshape(Buffer buffer, Shape shape) {
    ReferenceBuffer b = live("reshape", buffer);
    Arguments.reshape(b.shape(), shape);
    return new ReferenceBuffer(b.memory, shape, b.switchesOf);
  }

  @Override
  public void release(Buffer buffer) {
    ReferenceBuffer b = live("release", buffer);
    b.released = true;
    if (--b.memory.handles == 0) {
      liveBytes -= bytes(b.memory);
    }
  }

  @Override
  public void freeze(Buffer buffer) {
    live("freeze", buffer).memory.frozen = true;
  }

  @Override
  public void thaw(Buffer buffer) {
    live("thaw", buffer).memory.frozen = false;
  }

  @Override
  public void upload(Buffer target, long offset, float[] source, int from, int count) {
    double[] data = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    for (int i = 0; i < count; i++) {
      data[(int) offset + i] = source[from + i];
    }
  }

  @Override
  public void upload(Buffer target, long offset, double[] source, int from, int count) {
    double[] data = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    System.arraycopy(source, from, data, (int) offset, count);
  }

  @Override
  public void download(Buffer source, long offset, float[] target, int to, int count) {
    double[] data = read("download", source);
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    for (int i = 0; i < count; i++) {
      target[to + i] = (float) data[(int) offset + i];
    }
  }

  @Override
  public void download(Buffer source, long offset, double[] target, int to, int count) {
    double[] data = read("download", source);
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    System.arraycopy(data, (int) offset, target, to, count);
  }

  @Override
  public void fill(Buffer target, double value) {
    Arrays.fill(written("fill", target), value);
  }

  @Override
  public long liveBytes() {
    return liveBytes;
  }

  @Override
  public long pooledBytes() {
    return 0;
  }

  /** Does nothing: there is no pool, Java's heap is it. */
  @Override
  public void trim() {}

  @Override
  public long memoryBudget() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  @Override
  public void close() {
    closed = true;
    liveBytes = 0;
  }

  // ---- checks ----

  private void open(String operation) {
    if (closed) {
      throw new IllegalStateException(operation + ": the reference backend has been closed");
    }
  }

  private ReferenceBuffer live(String operation, Buffer buffer) {
    open(operation);
    if (!(buffer instanceof ReferenceBuffer b) || b.memory.owner != this) {
      throw new IllegalArgumentException(
          operation
              + ": "
              + (buffer == null ? "a buffer is null" : "buffer " + buffer.shape() + " is foreign")
              + "; it must have been allocated by this backend");
    }
    if (b.released) {
      throw new IllegalStateException(
          operation + ": buffer " + b.shape() + " has been released already");
    }
    return b;
  }

  final double[] read(String operation, Buffer buffer) {
    return live(operation, buffer).memory.data;
  }

  /** The array of a buffer that an operation writes while it reads others, where those are set. */
  final double[] written(String operation, Buffer target, Buffer... others) {
    ReferenceBuffer b = live(operation, target);
    if (b.memory.frozen) {
      throw new IllegalStateException(
          operation + ": buffer " + b.shape() + " is frozen; thaw it before writing");
    }
    for (Buffer other : others) {
      if (other != null && live(operation, other).memory == b.memory) {
        throw new IllegalArgumentException(
            operation
                + ": buffers "
                + other.shape()
                + " and "
                + b.shape()
                + " share memory; the result needs its own");
      }
    }
    return b.memory.data;
  }

  /** The array of a buffer that has been checked. */
  static double[] data(Buffer buffer) {
    return ((ReferenceBuffer) buffer).memory.data;
  }
}
