package dev.vitrine.kernels.probe;

import static jcuda.jcudnn.JCudnn.*;

import dev.vitrine.engine.Shape;
import dev.vitrine.kernels.device.AlgorithmChoice;
import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.Cudnn;
import dev.vitrine.kernels.device.CudnnAlgorithms;
import dev.vitrine.kernels.device.CudnnConvolution;
import java.util.List;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** One convolution in cuDNN in one layout and precision, alone and fused with bias and ReLU. */
final class ProbeConvolution implements AutoCloseable {
  private final CudnnOperations cudnn;
  private final CudnnConvolution convolution;
  private final CudnnAlgorithms algorithms;
  private final cudnnTensorDescriptor bias;

  ProbeConvolution(
      CudnnOperations cudnn, ConvolutionShape s, TensorLayout layout, Precision precision) {
    this.cudnn = cudnn;
    ConvolutionCall call =
        new ConvolutionCall(
            ConvolutionCall.Direction.FORWARD,
            Shape.of(s.batch(), s.height(), s.width(), s.channels()),
            Shape.of(s.kernel(), s.kernel(), s.channels(), s.filters()),
            Shape.of(s.batch(), s.outputHeight(), s.outputWidth(), s.filters()),
            s.pad(),
            s.pad(),
            1,
            1,
            1,
            1,
            1,
            layout.images(),
            layout.kernels());
    convolution = new CudnnConvolution(cudnn.cudnn(), call, precision == Precision.TF32);
    algorithms = new CudnnAlgorithms(convolution);
    bias = Cudnn.tensor(layout.format(), 1, s.filters(), 1, 1);
  }

  cudnnTensorDescriptor outputShape() {
    return convolution.outputShape();
  }

  cudnnTensorDescriptor biasShape() {
    return bias;
  }

  /** What the heuristic offers, best first, without trying. */
  List<AlgorithmChoice> heuristic(Direction direction) {
    return algorithms.heuristic(direction.call());
  }

  /** What cuDNN finds fastest by running all algorithms that this workspace is enough for. */
  List<AlgorithmChoice> search(Direction direction, ConvolutionBuffers b) {
    return algorithms.search(
        direction.call(),
        b.first(direction),
        b.second(direction),
        b.out(),
        b.workspace(),
        b.workspaceBytes());
  }

  /** Scratch bytes that an algorithm needs under this math type. */
  long workspace(Direction direction, int algorithm) {
    return convolution.workspace(direction.call(), algorithm);
  }

  /** Runs one direction into the output buffer. */
  void run(Direction direction, int algorithm, ConvolutionBuffers b, long workspace) {
    int status =
        convolution.run(
            direction.call(),
            algorithm,
            b.first(direction),
            b.second(direction),
            b.out(),
            b.workspace(),
            workspace);
    Cudnn.check(status, algorithmName(direction, algorithm));
  }

  /** Convolution, bias and ReLU in one call. */
  void runFused(int algorithm, ConvolutionBuffers b, CUdeviceptr biasValues, long workspace) {
    Cudnn.check(
        cudnnConvolutionBiasActivationForward(
            cudnn.cudnn().handle(),
            Cudnn.ONE,
            convolution.inputShape(),
            b.x(),
            convolution.kernelShape(),
            b.w(),
            convolution.descriptor(),
            algorithm,
            b.workspace(),
            workspace,
            Cudnn.ZERO,
            convolution.outputShape(),
            b.out(),
            bias,
            biasValues,
            cudnn.relu(),
            convolution.outputShape(),
            b.out()),
        "fused " + algorithmName(Direction.FORWARD, algorithm));
  }

  /** cuDNN's name of an algorithm without its prefix. */
  static String algorithmName(Direction direction, int algorithm) {
    String name =
        switch (direction) {
          case FORWARD -> cudnnConvolutionFwdAlgo.stringFor(algorithm);
          case DATA -> cudnnConvolutionBwdDataAlgo.stringFor(algorithm);
          case WEIGHTS -> cudnnConvolutionBwdFilterAlgo.stringFor(algorithm);
        };
    return name.replaceFirst("^CUDNN_CONVOLUTION_(FWD|BWD_DATA|BWD_FILTER)_", "");
  }

  @Override
  public void close() {
    cudnnDestroyTensorDescriptor(bias);
    convolution.close();
  }
}
