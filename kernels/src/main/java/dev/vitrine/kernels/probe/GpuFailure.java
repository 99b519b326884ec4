package dev.vitrine.kernels.probe;

/** A call of the driver, cuBLAS, cuDNN or NVRTC that did not succeed. */
final class GpuFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  GpuFailure(String message) {
    super(message);
  }
}
