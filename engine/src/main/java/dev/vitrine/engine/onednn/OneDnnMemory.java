package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Arguments;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Window;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Optional;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/** The part of the {@link OneDnnBackend} that keeps its buffers and refuses to misuse them. */
abstract class OneDnnMemory implements Backend {
  final Library library;
  final NativeMemory memory = new NativeMemory();
  final Loops loops;
  final Kernels kernels;
  private final Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  OneDnnMemory(int threads) {
    library = new Library(threads);
    loops = new Loops(threads);
    kernels = new Kernels(library, memory, loops);
  }

  @Override
  public final Buffer alloc(Shape shape) {
    return alloc("alloc", shape, Float.BYTES, null);
  }

  final OneDnnBuffer alloc(String operation, Shape shape, int elementBytes, Window switchesOf) {
    open(operation);
    Arguments.alloc(shape);
    Block plain = memory.take(elementBytes * shape.size());
    Storage storage = new Storage(this, switchesOf, plain);
    storages.add(storage);
    return new OneDnnBuffer(shape, storage);
  }

  @Override
  public final Buffer reshape(Buffer buffer, Shape shape) {
    OneDnnBuffer b = live("reshape", buffer);
    Arguments.reshape(b.shape(), shape);
    b.storage.handles++;
    return new OneDnnBuffer(shape, b.storage);
  }

  @Override
  public final void release(Buffer buffer) {
    OneDnnBuffer b = live("release", buffer);
    b.released = true;
    Storage storage = b.storage;
    if (--storage.handles == 0) {
      kernels.unpack(storage);
      if (storage.plain != null) {
        memory.give(storage.plain);
      }
      storages.remove(storage);
    }
  }

  @Override
  public final void freeze(Buffer buffer) {
    live("freeze", buffer).storage.frozen = true;
  }

  @Override
  public final void thaw(Buffer buffer) {
    Storage storage = live("thaw", buffer).storage;
    kernels.plain(storage);
    kernels.unpack(storage);
    storage.frozen = false;
  }

  @Override
  public final Optional<ByteBuffer> memory(Buffer target, long offset, int count) {
    Block block = written("memory", target);
    Arguments.transfer("memory", target.shape(), offset, count, 0, count);
    return Optional.of(block.bytes(offset, count));
  }

  @Override
  public final void upload(Buffer target, long offset, float[] source, int from, int count) {
    Block block = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    block.write(offset, source, from, count);
  }

  @Override
  public final void upload(Buffer target, long offset, double[] source, int from, int count) {
    Block block = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    float[] rounded = Loops.Arrays.own().a;
    for (int at = 0; at < count; at += rounded.length) {
      int part = Math.min(rounded.length, count - at);
      for (int i = 0; i < part; i++) {
        rounded[i] = (float) source[from + at + i];
      }
      block.write(offset + at, rounded, 0, part);
    }
  }

  @Override
  public final void download(Buffer source, long offset, float[] target, int to, int count) {
    Storage storage = numbers("download", source).storage;
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    Block block = kernels.reading(storage);
    block.read(offset, target, to, count);
    kernels.doneReading(storage, block);
  }

  @Override
  public final void download(Buffer source, long offset, double[] target, int to, int count) {
    Storage storage = numbers("download", source).storage;
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    Block block = kernels.reading(storage);
    float[] rounded = Loops.Arrays.own().a;
    for (int at = 0; at < count; at += rounded.length) {
      int part = Math.min(rounded.length, count - at);
      block.read(offset + at, rounded, 0, part);
      for (int i = 0; i < part; i++) {
        target[to + at + i] = rounded[i];
      }
    }
    kernels.doneReading(storage, block);
  }

  @Override
  public final long liveBytes() {
    return memory.liveBytes();
  }

  /** The scratchpad of the primitives among them. */
  @Override
  public final long pooledBytes() {
    return memory.pooledBytes();
  }

  @Override
  public final void trim() {
    memory.trim();
  }

  /** Half of the machine's memory: the rest is for the JVM, the system's file cache and others. */
  @Override
  public final long memoryBudget() {
    return Pointer.totalPhysicalBytes() / 2;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    storages.forEach(kernels::unpack);
    storages.clear();
    memory.close();
    library.close();
  }

  // ---- checks ----

  final boolean closed() {
    return closed;
  }

  final void open(String operation) {
    if (closed) {
      throw new IllegalStateException(operation + ": the onednn backend has been closed");
    }
  }

  private OneDnnBuffer live(String operation, Buffer buffer) {
    open(operation);
    if (!(buffer instanceof OneDnnBuffer b) || b.storage.owner != this) {
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

  /** A buffer of numbers, not of switches. */
  final OneDnnBuffer numbers(String operation, Buffer buffer) {
    OneDnnBuffer b = live(operation, buffer);
    if (b.storage.switchesOf != null) {
      throw new IllegalArgumentException(
          operation
              + ": buffer "
              + b.shape()
              + " holds the switches of a pooling; downloadSwitches reads them");
    }
    return b;
  }

  /** The plain contents of a buffer that an operation reads. */
  final Block read(String operation, Buffer buffer) {
    return kernels.plain(numbers(operation, buffer).storage);
  }

  /** The contents of a buffer that an operation writes while it reads others, where those are. */
  final Block written(String operation, Buffer target, Buffer... others) {
    Storage storage = numbers(operation, target).storage;
    if (storage.frozen) {
      throw new IllegalStateException(
          operation + ": buffer " + target.shape() + " is frozen; thaw it before writing");
    }
    for (Buffer other : others) {
      if (other != null && live(operation, other).storage == storage) {
        throw new IllegalArgumentException(
            operation
                + ": buffers "
                + other.shape()
                + " and "
                + target.shape()
                + " share memory; the result needs its own");
      }
    }
    storage.ordinary = false;
    return storage.plain;
  }

  /** Whether a buffer is known to hold neither NaN nor negative infinity. */
  final boolean ordinary(Buffer buffer) {
    return ((OneDnnBuffer) buffer).storage.ordinary;
  }

  /** Says so of a buffer that has just been written. */
  final void setOrdinary(Buffer buffer, boolean ordinary) {
    ((OneDnnBuffer) buffer).storage.ordinary = ordinary;
  }

  /** The storage of the switches of a pooling. */
  final Storage switches(String operation, Window window, Buffer switches) {
    Storage storage = live(operation, switches).storage;
    if (storage.switchesOf == null || window != null && !window.equals(storage.switchesOf)) {
      throw new IllegalArgumentException(
          operation
              + ": the switches "
              + switches.shape()
              + (storage.switchesOf == null
                  ? " are an ordinary buffer"
                  : " were made for " + storage.switchesOf)
              + "; make them with allocSwitches"
              + (window == null ? "" : " for " + window));
    }
    return storage;
  }
}
