package dev.vitrine.kernels.device;

import static jcuda.driver.JCudaDriver.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;

/**
 * A piece of pinned memory of the machine, through which arrays travel in the stream's order. A
 * copy out of ordinary memory could still be under way when a kernel on the stream begins.
 */
final class Staging implements AutoCloseable {
  /** Enough for a batch of images; larger arrays travel in parts. */
  static final int BYTES = 4 << 20;

  private final Gpu gpu;
  private final Pointer pinned = new Pointer();
  private final ByteBuffer bytes;
  private final CUevent sent = new CUevent();
  private boolean sending;

  /** Copies elements between a part of a Java array and a buffer's beginning. */
  interface Part {
    void copy(ByteBuffer buffer, int first, int count);
  }

  Staging(Gpu gpu) {
    this.gpu = gpu;
    Gpu.check(cuMemAllocHost(pinned, BYTES), "cuMemAllocHost");
    Gpu.check(cuEventCreate(sent, CUevent_flags.CU_EVENT_DISABLE_TIMING), "cuEventCreate");
    bytes = pinned.getByteBuffer(0, BYTES).order(ByteOrder.nativeOrder());
  }

  /** Sends {@code count} elements to the card. */
  void upload(long address, int elementBytes, int count, Part part) {
    int most = BYTES / elementBytes;
    for (int at = 0; at < count; at += most) {
      int now = Math.min(most, count - at);
      waitUntilSent();
      bytes.clear();
      part.copy(bytes, at, now);
      long offset = (long) at * elementBytes;
      Gpu.check(
          cuMemcpyHtoDAsync(
              new Address(address + offset), pinned, (long) now * elementBytes, gpu.stream()),
          "cuMemcpyHtoDAsync");
      Gpu.check(cuEventRecord(sent, gpu.stream()), "cuEventRecord");
      sending = true;
    }
  }

  /** Fetches {@code count} elements from the card, after everything that was asked of it. */
  void download(long address, int elementBytes, int count, Part part) {
    int most = BYTES / elementBytes;
    for (int at = 0; at < count; at += most) {
      int now = Math.min(most, count - at);
      Address from = new Address(address + (long) at * elementBytes);
      Gpu.check(
          cuMemcpyDtoHAsync(pinned, from, (long) now * elementBytes, gpu.stream()),
          "cuMemcpyDtoHAsync");
      gpu.synchronize();
      sending = false;
      bytes.clear();
      part.copy(bytes, at, now);
    }
  }

  private void waitUntilSent() {
    if (sending) {
      Gpu.check(cuEventSynchronize(sent), "cuEventSynchronize");
      sending = false;
    }
  }

  @Override
  public void close() {
    cuEventDestroy(sent);
    cuMemFreeHost(pinned);
  }
}
