package dev.vitrine.kernels.device;

import static jcuda.driver.JCudaDriver.*;

import dev.vitrine.engine.backend.BackendException;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;

/**
 * One card: its primary context, which cuBLAS and cuDNN share, and one stream on which everything
 * runs.
 */
public final class Gpu implements AutoCloseable {
  private final int number;
  private final CUdevice device = new CUdevice();
  private final CUcontext context = new CUcontext();
  private final CUstream stream = new CUstream();
  private boolean closed;

  /**
   * Opens a card, counted from 0, for the thread that calls.
   *
   * @throws MissingDevice if there is no such card
   */
  public Gpu(int number) {
    this.number = number;
    int count = count();
    if (number < 0 || number >= count) {
      throw new MissingDevice("there is no card %d: the driver counts %d".formatted(number, count));
    }
    check(cuDeviceGet(device, number), "cuDeviceGet");
    check(cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain");
    bind();
    check(cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
  }

  /**
   * The number of cards that the driver finds.
   *
   * @throws MissingDevice if it finds none
   */
  public static int count() {
    int init = cuInit(0);
    if (init == CUresult.CUDA_ERROR_NO_DEVICE) {
      throw new MissingDevice(
          "the driver is there but finds no card (CUDA_ERROR_NO_DEVICE); nvidia-smi lists the cards");
    }
    check(init, "cuInit");
    int[] count = new int[1];
    check(cuDeviceGetCount(count), "cuDeviceGetCount");
    return count[0];
  }

  /**
   * Lets a driver's answer that is not success be known.
   *
   * @throws OutOfDeviceMemory if the card had not enough
   * @throws BackendException if it is not 0 otherwise
   */
  public static void check(int result, String call) {
    if (result != CUresult.CUDA_SUCCESS) {
      String[] name = new String[1];
      cuGetErrorName(result, name);
      if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
        throw new OutOfDeviceMemory(call, name[0]);
      }
      throw new BackendException("%s: %s".formatted(call, name[0] == null ? result : name[0]));
    }
  }

  /** A kernel in loaded code. */
  public static CUfunction function(CUmodule module, String kernel) {
    CUfunction function = new CUfunction();
    check(cuModuleGetFunction(function, module, kernel), "cuModuleGetFunction of " + kernel);
    return function;
  }

  /**
   * Makes the card's context the calling thread's. Always: another card's, or somebody else's, may
   * have become so meanwhile.
   */
  public void bind() {
    check(cuCtxSetCurrent(context), "cuCtxSetCurrent");
  }

  /** Makes the card's context the calling thread's, where a card that has failed lets it. */
  void tryToBind() {
    cuCtxSetCurrent(context);
  }

  /** Which card it is, counted from 0. */
  public int number() {
    return number;
  }

  public CUstream stream() {
    return stream;
  }

  /** The card's name, as NVIDIA sells it. */
  public String name() {
    byte[] name = new byte[256];
    check(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    return new String(name, StandardCharsets.UTF_8).split("\0", 2)[0].strip();
  }

  /** One of the numbers of {@link CUdevice_attribute}. */
  public int attribute(int attribute) {
    int[] value = new int[1];
    check(cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  /** The compute capability as one number: 90 for 9.0. */
  public int computeCapability() {
    return 10 * attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
        + attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  }

  /** The CUDA version that the driver knows: 12.6. */
  public static String driverVersion() {
    int[] version = new int[1];
    check(cuDriverGetVersion(version), "cuDriverGetVersion");
    return version[0] / 1000 + "." + version[0] % 1000 / 10;
  }

  /** Bytes of the card's memory that are free. */
  public long freeBytes() {
    return memory()[0];
  }

  /** Bytes of the card's memory. */
  public long totalBytes() {
    return memory()[1];
  }

  private long[] memory() {
    long[] free = new long[1];
    long[] total = new long[1];
    check(cuMemGetInfo(free, total), "cuMemGetInfo");
    return new long[] {free[0], total[0]};
  }

  /** Waits for everything on the stream. */
  public void synchronize() {
    check(cuStreamSynchronize(stream), "cuStreamSynchronize");
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    tryToBind();
    cuStreamSynchronize(stream);
    cuStreamDestroy(stream);
    cuDevicePrimaryCtxRelease(device);
  }
}
