package dev.vitrine.kernels.device;

import static jcuda.jcudnn.JCudnn.*;

import dev.vitrine.engine.backend.BackendException;
import jcuda.Pointer;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.runtime.cudaStream_t;

/** cuDNN on a card's stream. */
public final class Cudnn implements AutoCloseable {
  public static final Pointer ONE = Pointer.to(new float[] {1});
  public static final Pointer ZERO = Pointer.to(new float[] {0});

  private final cudnnHandle handle = new cudnnHandle();

  public Cudnn(Gpu gpu) {
    check(cudnnCreate(handle), "cudnnCreate");
    check(cudnnSetStream(handle, new cudaStream_t(gpu.stream())), "cudnnSetStream");
  }

  /**
   * Lets an answer of cuDNN that is not success be known. cuDNN 9 numbers its statuses anew, so its
   * own names are asked for, not the Java jar's.
   *
   * @throws OutOfDeviceMemory if the card had not enough
   * @throws BackendException if it is not 0 otherwise
   */
  public static void check(int status, String call) {
    if (status != 0) {
      String answer = cudnnGetErrorString(status);
      if (answer.contains("ALLOC")) { // its number is another in cuDNN 8
        throw new OutOfDeviceMemory(call, answer);
      }
      throw new BackendException("%s: %s".formatted(call, answer));
    }
  }

  /** Whether cuDNN 9 says that it cannot do what was asked: in general, or with these sizes. */
  static boolean isUnsupported(int status) {
    return status / 1000 == 3;
  }

  /** The library's version: 9.5.1. */
  public static String version() {
    long version = cudnnGetVersion();
    return "%d.%d.%d".formatted(version / 10000, version / 100 % 100, version % 100);
  }

  public cudnnHandle handle() {
    return handle;
  }

  /** A description of an array in one of {@code cudnnTensorFormat}; the caller destroys it. */
  public static cudnnTensorDescriptor tensor(int format, int n, int c, int h, int w) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
    check(
        cudnnSetTensor4dDescriptor(descriptor, format, cudnnDataType.CUDNN_DATA_FLOAT, n, c, h, w),
        "cudnnSetTensor4dDescriptor");
    return descriptor;
  }

  @Override
  public void close() {
    cudnnDestroy(handle);
  }
}
