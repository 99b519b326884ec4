package dev.vitrine.kernels.probe;

import static jcuda.jcublas.JCublas2.*;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasMath;
import jcuda.jcublas.cublasOperation;
import jcuda.jcublas.cublasStatus;
import jcuda.runtime.cudaStream_t;

/** cuBLAS on a card's stream, for row-major matrices. */
final class Blas implements AutoCloseable {
  /** cuBLAS' math modes that a float32 product may run in. */
  enum Mode {
    PEDANTIC(cublasMath.CUBLAS_PEDANTIC_MATH, Precision.FLOAT32),
    DEFAULT(cublasMath.CUBLAS_DEFAULT_MATH, Precision.FLOAT32),
    TF32(cublasMath.CUBLAS_TF32_TENSOR_OP_MATH, Precision.TF32);

    final int code;
    final Precision precision;

    Mode(int code, Precision precision) {
      this.code = code;
      this.precision = precision;
    }
  }

  private static final Pointer ONE = Pointer.to(new float[] {1});
  private static final Pointer ZERO = Pointer.to(new float[] {0});

  private final cublasHandle handle = new cublasHandle();

  Blas(Gpu gpu) {
    check(cublasCreate(handle), "cublasCreate");
    check(cublasSetStream(handle, new cudaStream_t(gpu.stream())), "cublasSetStream");
  }

  static void check(int status, String call) {
    if (status != 0) {
      throw new GpuFailure("%s: %s".formatted(call, cublasStatus.stringFor(status)));
    }
  }

  void mode(Mode mode) {
    check(cublasSetMathMode(handle, mode.code), "cublasSetMathMode");
  }

  /** {@code c [m, n] = a [m, k] b [k, n]}, all row-major. */
  void multiply(CUdeviceptr a, CUdeviceptr b, CUdeviceptr c, int m, int n, int k) {
    // cuBLAS is column-major: it sees the transposes, and (a b)' = b' a'.
    check(
        cublasSgemm(
            handle,
            cublasOperation.CUBLAS_OP_N,
            cublasOperation.CUBLAS_OP_N,
            n,
            m,
            k,
            ONE,
            b,
            n,
            a,
            k,
            ZERO,
            c,
            n),
        "cublasSgemm");
  }

  @Override
  public void close() {
    cublasDestroy(handle);
  }
}
