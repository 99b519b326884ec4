package dev.vitrine.kernels.device;

import static jcuda.driver.JCudaDriver.cuMemAlloc;
import static jcuda.driver.JCudaDriver.cuMemFree;
import static jcuda.jcublas.JCublas2.*;

import dev.vitrine.engine.backend.BackendException;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/** cuBLAS on a card's stream, for row-major matrices. */
public final class Cublas implements AutoCloseable {
  /** cuBLAS' math modes that a float32 product may run in. */
  public enum Mode {
    /** Float32 and nothing else. */
    PEDANTIC(cublasMath.CUBLAS_PEDANTIC_MATH),
    DEFAULT(cublasMath.CUBLAS_DEFAULT_MATH),
    /** Factors rounded to TF32's ten bits. */
    TF32(cublasMath.CUBLAS_TF32_TENSOR_OP_MATH);

    private final int code;

    Mode(int code) {
      this.code = code;
    }
  }

  /** What cuBLAS asks for on Hopper; elsewhere it asks for 4 MiB. */
  private static final long WORKSPACE_BYTES = 32 << 20;

  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private final cublasHandle handle = new cublasHandle();
  private final CUdeviceptr workspace = new CUdeviceptr();

  /**
   * Opens cuBLAS with a workspace of its own: with that, and one stream, the same products give the
   * same bits, and a recording keeps no memory.
   */
  public Cublas(Gpu gpu) {
    check(cublasCreate(handle), "cublasCreate");
    check(cublasSetStream(handle, new cudaStream_t(gpu.stream())), "cublasSetStream");
    Gpu.check(cuMemAlloc(workspace, WORKSPACE_BYTES), "cuMemAlloc of cuBLAS' workspace");
    check(cublasSetWorkspace(handle, workspace, WORKSPACE_BYTES), "cublasSetWorkspace");
  }

  /**
   * Lets an answer of cuBLAS that is not success be known.
   *
   * @throws OutOfDeviceMemory if the card had not enough
   * @throws BackendException if it is not 0 otherwise
   */
  public static void check(int status, String call) {
    if (status == cublasStatus.CUBLAS_STATUS_ALLOC_FAILED) {
      throw new OutOfDeviceMemory(call, cublasStatus.stringFor(status));
    }
    if (status != cublasStatus.CUBLAS_STATUS_SUCCESS) {
      throw new BackendException("%s: %s".formatted(call, cublasStatus.stringFor(status)));
    }
  }

  /** The library's version: 12.6.3. */
  public String version() {
    int[] version = new int[1];
    check(cublasGetVersion(handle, version), "cublasGetVersion");
    return "%d.%d.%d".formatted(version[0] / 10000, version[0] / 100 % 100, version[0] % 100);
  }

  /** How the products that follow may be computed. */
  public void mode(Mode mode) {
    check(cublasSetMathMode(handle, mode.code), "cublasSetMathMode");
  }

  /** {@code y [m, n] = op(a) [m, k] op(b) [k, n]}, all row-major. */
  public void multiply(Product p, CUdeviceptr a, CUdeviceptr b, CUdeviceptr y) {
    // cuBLAS is column-major: it sees the transposes, and (a b)' = b' a'.
    check(
        cublasSgemm(
            handle,
            operation(p.transposeB()),
            operation(p.transposeA()),
            p.n(),
            p.m(),
            p.k(),
            ONE,
            b,
            p.transposeB() ? p.k() : p.n(),
            a,
            p.transposeA() ? p.m() : p.k(),
            ZERO,
            y,
            p.n()),
        "cublasSgemm");
  }

  private static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  @Override
  public void close() {
    cublasDestroy(handle);
    cuMemFree(workspace);
  }
}
