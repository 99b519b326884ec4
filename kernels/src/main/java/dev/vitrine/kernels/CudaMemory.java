package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Arguments;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.Order;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;

/** The part of the {@link CudaBackend} that keeps its buffers and refuses to misuse them. */
abstract class CudaMemory implements Backend {
  /** Numbers that are rounded and uploaded, or downloaded and widened, at a time. */
  private static final int CHUNK = 1 << 16;

  final Device device;
  final DeviceMemory memory;
  final Order images;
  private final Set<Storage> storages = Collections.newSetFromMap(new IdentityHashMap<>());
  private RecordedStep repeating;
  private long moves;
  private boolean closed;

  /**
   * @param images how arrays of four axes lie
   * @param sizes see {@link DeviceMemory}
   */
  CudaMemory(Device device, Order images, LongUnaryOperator sizes) {
    this.device = device;
    this.images = images;
    memory = new DeviceMemory(device, sizes);
  }

  /** Copies between orders of axes. */
  abstract StridedCopy stridedCopy();

  @Override
  public final Buffer alloc(Shape shape) {
    return alloc("alloc", shape, Float.BYTES, null, shape.rank() == 4 ? images : Order.PLAIN);
  }

  final CudaBuffer alloc(
      String operation, Shape shape, int elementBytes, Window switchesOf, Order order) {
    open(operation);
    Arguments.alloc(shape);
    Block block = memory.take(elementBytes * shape.size());
    Storage storage = new Storage(this, shape, elementBytes, switchesOf, order, block);
    storages.add(storage);
    return new CudaBuffer(shape, storage);
  }

  @Override
  public final Buffer reshape(Buffer buffer, Shape shape) {
    CudaBuffer b = live("reshape", buffer);
    Arguments.reshape(b.shape(), shape);
    if (!shape.equals(b.storage.shape)) {
      reorder(b.storage, Order.PLAIN);
      b.storage.reshaped = true;
    }
    b.storage.handles++;
    return new CudaBuffer(shape, b.storage);
  }

  @Override
  public final void release(Buffer buffer) {
    CudaBuffer b = live("release", buffer);
    b.released = true;
    Storage storage = b.storage;
    if (--storage.handles == 0) {
      memory.give(storage.block);
      storages.remove(storage);
    }
  }

  @Override
  public final void freeze(Buffer buffer) {
    live("freeze", buffer).storage.frozen = true;
  }

  @Override
  public final void thaw(Buffer buffer) {
    live("thaw", buffer).storage.frozen = false;
  }

  @Override
  public final void upload(Buffer target, long offset, float[] source, int from, int count) {
    CudaBuffer t = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    inPlainOrder(
        t, count < t.size(), true, at -> device.upload(at + 4 * offset, source, from, count));
  }

  @Override
  public final void upload(Buffer target, long offset, double[] source, int from, int count) {
    CudaBuffer t = written("upload", target);
    Arguments.transfer("upload", target.shape(), offset, source.length, from, count);
    float[] rounded = new float[Math.min(count, CHUNK)];
    inPlainOrder(
        t,
        count < t.size(),
        true,
        address -> {
          for (int at = 0; at < count; at += CHUNK) {
            int part = Math.min(CHUNK, count - at);
            for (int i = 0; i < part; i++) {
              rounded[i] = (float) source[from + at + i];
            }
            device.upload(address + 4 * (offset + at), rounded, 0, part);
          }
        });
  }

  @Override
  public final void download(Buffer source, long offset, float[] target, int to, int count) {
    CudaBuffer s = numbers("download", source);
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    inPlainOrder(s, true, false, at -> device.download(at + 4 * offset, target, to, count));
  }

  @Override
  public final void download(Buffer source, long offset, double[] target, int to, int count) {
    float[] narrow = new float[Math.max(0, count)];
    Arguments.transfer("download", source.shape(), offset, target.length, to, count);
    download(source, offset, narrow, 0, count);
    for (int i = 0; i < count; i++) {
      target[to + i] = narrow[i];
    }
  }

  /** What a transfer does with an array at an address, where it lies plainly. */
  private interface Transfer {
    void at(long address);
  }

  /**
   * Lets a transfer see an array that may lie in another order as if it lay plainly.
   *
   * @param contents whether what is in the array matters
   * @param changes whether the transfer changes the array
   */
  private void inPlainOrder(
      CudaBuffer buffer, boolean contents, boolean changes, Transfer transfer) {
    if (buffer.order() == Order.PLAIN) {
      transfer.at(buffer.address());
      return;
    }
    int[] extents = buffer.shape().dims();
    long[] plain = Order.PLAIN.strides(buffer.shape());
    Block copy = memory.take(buffer.storage.block.bytes());
    try {
      if (contents) {
        stridedCopy().copy(extents, buffer.address(), buffer.strides(), copy.address(), plain);
      }
      transfer.at(copy.address());
      if (changes) {
        stridedCopy().copy(extents, copy.address(), plain, buffer.address(), buffer.strides());
      }
    } finally {
      memory.give(copy);
    }
  }

  /** Lets an array lie in another order from now on, if it does not yet. */
  final void reorder(Storage storage, Order order) {
    if (storage.order == order) {
      return;
    }
    Block block = memory.take(storage.elementBytes * storage.shape.size());
    stridedCopy()
        .copy(
            storage.shape.dims(),
            storage.block.address(),
            storage.order.strides(storage.shape),
            block.address(),
            order.strides(storage.shape));
    memory.give(storage.block);
    storage.block = block;
    storage.order = order;
    if (repeating == null || !repeating.isRecording()) {
      moves++;
    }
  }

  /**
   * How often an array has moved to another block, which a recording that knows its old address has
   * to hear of; arrays of a recording's own arena, which move with each replay alike, are not
   * counted.
   */
  final long moves() {
    return moves;
  }

  @Override
  public final Repeated repeat(Runnable step) {
    open("repeat");
    return new RecordedStep(this, step);
  }

  /** Runs a step on behalf of a repetition, which then hears of Adam's steps. */
  final void runIn(RecordedStep repetition, Runnable step) {
    if (repeating != null) {
      throw new IllegalStateException("repeat: a repeated step cannot run in another one");
    }
    repeating = repetition;
    try {
      step.run();
    } finally {
      repeating = null;
    }
  }

  /** The repetition whose step runs, or null. */
  final RecordedStep repeating() {
    return repeating;
  }

  /** {@link Device#convolve}, with a workspace out of the pool. */
  final boolean convolve(ConvolutionCall call, CudaBuffer a, CudaBuffer b, CudaBuffer result) {
    return memory.withRoom(
        () ->
            device.convolve(call, a.address(), b.address(), result.address(), this::lendWorkspace));
  }

  /** Work on the card comes in order, so the next operation may have the same memory. */
  private void lendWorkspace(long bytes, LongConsumer work) {
    if (bytes == 0) {
      work.accept(0);
      return;
    }
    Block block = memory.take(bytes);
    try {
      work.accept(block.address());
    } finally {
      memory.give(block);
    }
  }

  @Override
  public final long liveBytes() {
    return memory.liveBytes();
  }

  @Override
  public final long pooledBytes() {
    return memory.pooledBytes();
  }

  @Override
  public final void trim() {
    memory.trim();
  }

  /** Nine tenths of what the card has left for this process; the rest is for the libraries. */
  @Override
  public final long memoryBudget() {
    return (device.freeBytes() + memory.liveBytes() + memory.pooledBytes()) / 10 * 9;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    storages.clear();
    try {
      memory.close();
    } finally {
      device.close(); // also where the card has failed and frees nothing any more
    }
  }

  // ---- checks ----

  final boolean closed() {
    return closed;
  }

  final void open(String operation) {
    if (closed) {
      throw new IllegalStateException(operation + ": the cuda backend has been closed");
    }
  }

  final CudaBuffer live(String operation, Buffer buffer) {
    open(operation);
    if (!(buffer instanceof CudaBuffer b) || b.storage.owner != this) {
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
  final CudaBuffer numbers(String operation, Buffer buffer) {
    CudaBuffer b = live(operation, buffer);
    if (b.storage.switchesOf != null) {
      throw new IllegalArgumentException(
          operation
              + ": buffer "
              + b.shape()
              + " holds the switches of a pooling; downloadSwitches reads them");
    }
    return b;
  }

  /** A buffer of numbers that lies as images may, which a frozen kernel need not. */
  final CudaBuffer image(String operation, Buffer buffer) {
    CudaBuffer b = numbers(operation, buffer);
    if (b.order() != Order.CHANNELS_FIRST) {
      reorder(b.storage, Order.PLAIN);
    }
    return b;
  }

  /** A buffer that an operation writes while it reads others. */
  final CudaBuffer written(String operation, Buffer target, Buffer... others) {
    CudaBuffer b = numbers(operation, target);
    if (b.storage.frozen) {
      throw new IllegalStateException(
          operation + ": buffer " + target.shape() + " is frozen; thaw it before writing");
    }
    for (Buffer other : others) {
      if (other != null && live(operation, other).storage == b.storage) {
        throw new IllegalArgumentException(
            operation
                + ": buffers "
                + other.shape()
                + " and "
                + target.shape()
                + " share memory; the result needs its own");
      }
    }
    return b;
  }

  /** The switches of a pooling. */
  final CudaBuffer switches(String operation, Window window, Buffer switches) {
    CudaBuffer b = live(operation, switches);
    Window madeFor = b.storage.switchesOf;
    if (madeFor == null || window != null && !window.equals(madeFor)) {
      throw new IllegalArgumentException(
          operation
              + ": the switches "
              + switches.shape()
              + (madeFor == null ? " are an ordinary buffer" : " were made for " + madeFor)
              + "; make them with allocSwitches"
              + (window == null ? "" : " for " + window));
    }
    return b;
  }
}
