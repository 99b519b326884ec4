package dev.vitrine.kernels.probe;

import static jcuda.jcudnn.JCudnn.*;

import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgo;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgo;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** One convolution in cuDNN: its descriptors in one layout and precision, its three directions. */
final class CudnnConvolution implements AutoCloseable {
  private final Cudnn cudnn;
  private final cudnnTensorDescriptor x;
  private final cudnnTensorDescriptor y;
  private final cudnnTensorDescriptor bias;
  private final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();

  CudnnConvolution(Cudnn cudnn, ConvolutionShape s, TensorLayout layout, Precision precision) {
    this.cudnn = cudnn;
    x = Cudnn.tensor(layout, s.batch(), s.channels(), s.height(), s.width());
    y = Cudnn.tensor(layout, s.batch(), s.filters(), s.outputHeight(), s.outputWidth());
    bias = Cudnn.tensor(layout, 1, s.filters(), 1, 1);
    Cudnn.check(cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
    Cudnn.check(
        cudnnSetFilter4dDescriptor(
            w,
            cudnnDataType.CUDNN_DATA_FLOAT,
            Cudnn.format(layout),
            s.filters(),
            s.channels(),
            s.kernel(),
            s.kernel()),
        "cudnnSetFilter4dDescriptor");
    Cudnn.check(cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
    Cudnn.check(
        cudnnSetConvolution2dDescriptor(
            convolution,
            s.pad(),
            s.pad(),
            1,
            1,
            1,
            1,
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            cudnnDataType.CUDNN_DATA_FLOAT),
        "cudnnSetConvolution2dDescriptor");
    // The default lets float32 run on tensor cores as TF32; only FMA says no to it.
    Cudnn.check(
        cudnnSetConvolutionMathType(
            convolution,
            precision == Precision.FLOAT32
                ? cudnnMathType.CUDNN_FMA_MATH
                : cudnnMathType.CUDNN_DEFAULT_MATH),
        "cudnnSetConvolutionMathType");
  }

  cudnnHandle handle() {
    return cudnn.handle();
  }

  cudnnConvolutionDescriptor descriptor() {
    return convolution;
  }

  cudnnFilterDescriptor weightShape() {
    return w;
  }

  cudnnTensorDescriptor inputShape() {
    return x;
  }

  cudnnTensorDescriptor outputShape() {
    return y;
  }

  cudnnTensorDescriptor biasShape() {
    return bias;
  }

  /** Scratch bytes that an algorithm needs under this math type. */
  long workspace(Direction direction, int algorithm) {
    long[] bytes = new long[1];
    int status =
        switch (direction) {
          case FORWARD ->
              cudnnGetConvolutionForwardWorkspaceSize(
                  cudnn.handle(), x, w, convolution, y, algorithm, bytes);
          case DATA ->
              cudnnGetConvolutionBackwardDataWorkspaceSize(
                  cudnn.handle(), w, y, convolution, x, algorithm, bytes);
          case WEIGHTS ->
              cudnnGetConvolutionBackwardFilterWorkspaceSize(
                  cudnn.handle(), x, y, convolution, w, algorithm, bytes);
        };
    Cudnn.check(status, "workspace of " + algorithmName(direction, algorithm));
    return bytes[0];
  }

  /** Runs one direction into the output buffer. */
  void run(Direction direction, int algorithm, ConvolutionBuffers b, long workspace) {
    int status =
        switch (direction) {
          case FORWARD ->
              cudnnConvolutionForward(
                  cudnn.handle(),
                  Cudnn.ONE,
                  x,
                  b.x(),
                  w,
                  b.w(),
                  convolution,
                  algorithm,
                  b.workspace(),
                  workspace,
                  Cudnn.ZERO,
                  y,
                  b.out());
          case DATA ->
              cudnnConvolutionBackwardData(
                  cudnn.handle(),
                  Cudnn.ONE,
                  w,
                  b.w(),
                  y,
                  b.dy(),
                  convolution,
                  algorithm,
                  b.workspace(),
                  workspace,
                  Cudnn.ZERO,
                  x,
                  b.out());
          case WEIGHTS ->
              cudnnConvolutionBackwardFilter(
                  cudnn.handle(),
                  Cudnn.ONE,
                  x,
                  b.x(),
                  y,
                  b.dy(),
                  convolution,
                  algorithm,
                  b.workspace(),
                  workspace,
                  Cudnn.ZERO,
                  w,
                  b.out());
        };
    Cudnn.check(status, algorithmName(direction, algorithm));
  }

  /** Convolution, bias and ReLU in one call. */
  void runFused(int algorithm, ConvolutionBuffers b, CUdeviceptr biasValues, long workspace) {
    Cudnn.check(
        cudnnConvolutionBiasActivationForward(
            cudnn.handle(),
            Cudnn.ONE,
            x,
            b.x(),
            w,
            b.w(),
            convolution,
            algorithm,
            b.workspace(),
            workspace,
            Cudnn.ZERO,
            y,
            b.out(),
            bias,
            biasValues,
            cudnn.relu(),
            y,
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
    cudnnDestroyConvolutionDescriptor(convolution);
    cudnnDestroyFilterDescriptor(w);
    cudnnDestroyTensorDescriptor(bias);
    cudnnDestroyTensorDescriptor(y);
    cudnnDestroyTensorDescriptor(x);
  }
}
