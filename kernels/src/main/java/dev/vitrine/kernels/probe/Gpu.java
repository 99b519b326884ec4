package dev.vitrine.kernels.probe;

import static jcuda.driver.JCudaDriver.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/**
 * One card: its primary context, which cuBLAS and cuDNN share, one stream on which everything runs,
 * and the memory taken from it. Closing gives all of it back.
 */
final class Gpu implements AutoCloseable {
  private final CUdevice device = new CUdevice();
  private final CUstream stream = new CUstream();
  private final CUevent begin = new CUevent();
  private final CUevent end = new CUevent();
  private final List<CUdeviceptr> buffers = new ArrayList<>();

  /**
   * @throws MissingDevice when there is no such card
   */
  Gpu(int number) {
    int init = cuInit(0);
    if (init == 100) {
      throw new MissingDevice("the driver is there but finds no card (CUDA_ERROR_NO_DEVICE)");
    }
    check(init, "cuInit");
    int[] count = new int[1];
    check(cuDeviceGetCount(count), "cuDeviceGetCount");
    if (number >= count[0]) {
      throw new MissingDevice(
          "there is no card %d: the driver counts %d".formatted(number, count[0]));
    }
    check(cuDeviceGet(device, number), "cuDeviceGet");
    CUcontext context = new CUcontext();
    check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
    check(cuEventCreate(begin, 0), "cuEventCreate");
    check(cuEventCreate(end, 0), "cuEventCreate");
  }

  static void check(int result, String call) {
    if (result != 0) {
      String[] name = new String[1];
      JCudaDriver.cuGetErrorName(result, name);
      throw new GpuFailure("%s: %s".formatted(call, name[0] == null ? result : name[0]));
    }
  }

  CUstream stream() {
    return stream;
  }

  String name() {
    byte[] name = new byte[256];
    check(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    return new String(name, StandardCharsets.UTF_8).split("\0", 2)[0].strip();
  }

  int attribute(int attribute) {
    int[] value = new int[1];
    check(cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** The compute capability as one number: 90 for 9.0. */
  int computeCapability() {
    return 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  /** Free and total bytes of the card's memory. */
  long[] memory() {
    long[] free = new long[1];
    long[] total = new long[1];
    check(cuMemGetInfo(free, total), "cuMemGetInfo");
    return new long[] {free[0], total[0]};
  }

  CUdeviceptr allocate(long bytes) {
    CUdeviceptr buffer = new CUdeviceptr();
    check(cuMemAlloc(buffer, Math.max(4, bytes)), "cuMemAlloc of %,d bytes".formatted(bytes));
    buffers.add(buffer);
    return buffer;
  }

  CUdeviceptr upload(float[] values, long count) {
    CUdeviceptr buffer = allocate(4 * count);
    copyIn(buffer, values, count);
    return buffer;
  }

  void copyIn(CUdeviceptr buffer, float[] values, long count) {
    check(cuMemcpyHtoD(buffer, Pointer.to(values), 4 * count), "cuMemcpyHtoD");
    synchronize();
  }

  float[] download(CUdeviceptr buffer, int count) {
    float[] values = new float[count];
    synchronize();
    check(cuMemcpyDtoH(Pointer.to(values), buffer, 4L * count), "cuMemcpyDtoH");
    return values;
  }

  /** Single elements of a buffer, by their places. */
  float[] download(CUdeviceptr buffer, long[] places) {
    float[] values = new float[places.length];
    float[] one = new float[1];
    synchronize();
    for (int i = 0; i < places.length; i++) {
      check(cuMemcpyDtoH(Pointer.to(one), buffer.withByteOffset(4 * places[i]), 4), "cuMemcpyDtoH");
      values[i] = one[0];
    }
    return values;
  }

  /** Fills a buffer with NaN, so that an element that nothing writes is seen. */
  void poison(CUdeviceptr buffer, long count) {
    check(cuMemsetD32Async(buffer, 0x7fc00000, count, stream), "cuMemsetD32Async");
  }

  void free(CUdeviceptr... freed) {
    synchronize();
    for (CUdeviceptr buffer : freed) {
      if (buffers.removeIf(b -> b == buffer)) {
        check(cuMemFree(buffer), "cuMemFree");
      }
    }
  }

  void synchronize() {
    check(cuCtxSynchronize(), "cuCtxSynchronize");
  }

  /** Launches one thread per element in blocks of 256. */
  void launch(CUfunction function, long elements, Pointer arguments) {
    int blocks = Math.toIntExact((elements + 255) / 256);
    check(
        cuLaunchKernel(function, blocks, 1, 1, 256, 1, 1, 0, stream, arguments, null),
        "cuLaunchKernel");
  }

  /** Milliseconds that {@code count} runs of the work take on the stream, by the card's clock. */
  double millis(Runnable work, int count) {
    check(cuEventRecord(begin, stream), "cuEventRecord");
    for (int i = 0; i < count; i++) {
      work.run();
    }
    check(cuEventRecord(end, stream), "cuEventRecord");
    check(cuEventSynchronize(end), "cuEventSynchronize");
    float[] elapsed = new float[1];
    check(cuEventElapsedTime(elapsed, begin, end), "cuEventElapsedTime");
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
    cuStreamDestroy(stream);
    cuDevicePrimaryCtxRelease(device);
  }
}
