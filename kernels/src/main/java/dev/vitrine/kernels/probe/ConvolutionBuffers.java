package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import jcuda.driver.CUdeviceptr;

/**
 * A convolution's tensors on the card.
 *
 * @param out room for the largest of the three directions' outputs
 */
record ConvolutionBuffers(
    ProbeCard gpu,
    CUdeviceptr x,
    CUdeviceptr w,
    CUdeviceptr dy,
    CUdeviceptr out,
    CUdeviceptr workspace,
    long workspaceBytes)
    implements AutoCloseable {

  /** Uploads the tensors in a layout; the workspace is as large as it may be. */
  static ConvolutionBuffers of(
      ProbeCard gpu, ConvolutionShape s, TensorLayout layout, long seed, long workspaceBytes) {
    long largest = Math.max(s.inputSize(), Math.max(s.outputSize(), s.weightSize()));
    float[] host = new float[Math.toIntExact(largest)];
    CUdeviceptr[] taken = new CUdeviceptr[5];
    try {
      layout.fill(host, RandomTensor.input(s, seed));
      taken[0] = gpu.upload(host, s.inputSize());
      layout.fill(host, RandomTensor.weights(s, seed + 1));
      taken[1] = gpu.upload(host, s.weightSize());
      layout.fill(host, RandomTensor.outputGradient(s, seed + 2));
      taken[2] = gpu.upload(host, s.outputSize());
      taken[3] = gpu.allocate(4 * largest);
      long bytes = Math.min(workspaceBytes, gpu.gpu().freeBytes() / 2);
      taken[4] = gpu.allocate(bytes);
      return new ConvolutionBuffers(gpu, taken[0], taken[1], taken[2], taken[3], taken[4], bytes);
    } catch (BackendException e) {
      gpu.free(taken); // the next layer may be small enough
      throw e;
    }
  }

  /** What a direction reads before {@link #second}. */
  CUdeviceptr first(Direction direction) {
    return direction == Direction.DATA ? dy : x;
  }

  /** What a direction reads beside {@link #first}. */
  CUdeviceptr second(Direction direction) {
    return direction == Direction.WEIGHTS ? dy : w;
  }

  /** The CPU's loops over the same tensors. */
  static ConvolutionWitness witness(ConvolutionShape s, long seed) {
    return new ConvolutionWitness(
        s,
        RandomTensor.input(s, seed),
        RandomTensor.weights(s, seed + 1),
        RandomTensor.outputGradient(s, seed + 2));
  }

  @Override
  public void close() {
    gpu.free(x, w, dy, out, workspace);
  }
}
