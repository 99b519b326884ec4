package dev.vitrine.kernels.probe;

import static jcuda.driver.JCudaDriver.*;

import dev.vitrine.kernels.device.Gpu;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** A card with a clock, and the memory taken from it. Closing gives all of it back. */
final class ProbeCard implements AutoCloseable {
  private final Gpu gpu;
  private final CUevent begin = new CUevent();
  private final CUevent end = new CUevent();
  private final List<CUdeviceptr> buffers = new ArrayList<>();

  /**
   * @throws dev.vitrine.kernels.device.MissingDevice when there is no such card
   */
  ProbeCard(int number) {
    gpu = new Gpu(number);
    Gpu.check(cuEventCreate(begin, 0), "cuEventCreate");
    Gpu.check(cuEventCreate(end, 0), "cuEventCreate");
  }

  Gpu gpu() {
    return gpu;
  }

  CUstream stream() {
    return gpu.stream();
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr buffer = new CUdeviceptr();
    Gpu.check(cuMemAlloc(buffer, Math.max(4, bytes)), "cuMemAlloc of %,d bytes".formatted(bytes));
    buffers.add(buffer);
    return buffer;
  }

  CUdeviceptr upload(float[] values, long count) {
    CUdeviceptr buffer = allocate(4 * count);
    copyIn(buffer, values, count);
    return buffer;
  }

  void copyIn(CUdeviceptr buffer, float[] values, long count) {
    Gpu.check(cuMemcpyHtoD(buffer, Pointer.to(values), 4 * count), "cuMemcpyHtoD");
    synchronize();
  }

  float[] download(CUdeviceptr buffer, int count) {
    float[] values = new float[count];
    synchronize();
    Gpu.check(cuMemcpyDtoH(Pointer.to(values), buffer, 4L * count), "cuMemcpyDtoH");
    return values;
  }

  /** Single elements of a buffer, by their places. */
  float[] download(CUdeviceptr buffer, long[] places) {
    float[] values = new float[places.length];
    float[] one = new float[1];
    synchronize();
    for (int i = 0; i < places.length; i++) {
      Gpu.check(
          cuMemcpyDtoH(Pointer.to(one), buffer.withByteOffset(4 * places[i]), 4), "cuMemcpyDtoH");
      values[i] = one[0];
    }
    return values;
  }

  /** Fills a buffer with NaN, so that an element that nothing writes is seen. */
  void poison(CUdeviceptr buffer, long count) {
    Gpu.check(cuMemsetD32Async(buffer, 0x7fc00000, count, stream()), "cuMemsetD32Async");
  }

  void free(CUdeviceptr... freed) {
    synchronize();
    for (CUdeviceptr buffer : freed) {
      if (buffers.removeIf(b -> b == buffer)) {
        Gpu.check(cuMemFree(buffer), "cuMemFree");
      }
    }
  }

  void synchronize() {
    Gpu.check(cuCtxSynchronize(), "cuCtxSynchronize");
  }

  /** Launches one thread per element in blocks of 256. */
  void launch(CUfunction function, long elements, Pointer arguments) {
    int blocks = Math.toIntExact((elements + 255) / 256);
    Gpu.check(
        cuLaunchKernel(function, blocks, 1, 1, 256, 1, 1, 0, stream(), arguments, null),
        "cuLaunchKernel");
  }

  /** Milliseconds that {@code count} runs of the work take on the stream, by the card's clock. */
  double millis(Runnable work, int count) {
    Gpu.check(cuEventRecord(begin, stream()), "cuEventRecord");
    for (int i = 0; i < count; i++) {
      work.run();
    }
    Gpu.check(cuEventRecord(end, stream()), "cuEventRecord");
    Gpu.check(cuEventSynchronize(end), "cuEventSynchronize");
    float[] elapsed = new float[1];
    Gpu.check(cuEventElapsedTime(elapsed, begin, end), "cuEventElapsedTime");
    return elapsed[0];
  }

  /**
   * Milliseconds per run: after a warm-up the median of five rounds of about {@code roundMillis}
   * each, with at most 100 runs in a round. Work that takes 100 milliseconds is not run again.
   */
  double medianMillis(Runnable work, double roundMillis) {
    millis(work, 1);
    double once = millis(work, 1);
    if (once >= 100) {
      return once;
    }
    int runs = (int) Math.max(1, Math.min(100, roundMillis / Math.max(once, 1e-3)));
    double[] rounds = new double[5];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = millis(work, runs) / runs;
    }
    Arrays.sort(rounds);
    return rounds[rounds.length / 2];
  }

  @Override
  public void close() {
    cuCtxSynchronize();
    buffers.forEach(JCudaDriver::cuMemFree);
    buffers.clear();
    cuEventDestroy(begin);
    cuEventDestroy(end);
    gpu.close();
  }
}
