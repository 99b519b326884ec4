package dev.vitrine.kernels.device;

import static jcuda.jcudnn.JCudnn.*;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnMathType;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;

/** One convolution in cuDNN: its descriptors and its three directions. */
public final class CudnnConvolution implements AutoCloseable {
  private final Cudnn cudnn;
  private final cudnnTensorDescriptor x;
  private final cudnnTensorDescriptor y;
  private final cudnnFilterDescriptor w = new cudnnFilterDescriptor();
  private final cudnnConvolutionDescriptor convolution = new cudnnConvolutionDescriptor();

  /**
   * @param tf32 false for strict float32
   */
  public CudnnConvolution(Cudnn cudnn, ConvolutionCall c, boolean tf32) {
    this.cudnn = cudnn;
    int format = format(c.images());
    x = Cudnn.tensor(format, c.x().dim(0), c.x().dim(3), c.x().dim(1), c.x().dim(2));
    y = Cudnn.tensor(format, c.y().dim(0), c.y().dim(3), c.y().dim(1), c.y().dim(2));
    Cudnn.check(cudnnCreateFilterDescriptor(w), "cudnnCreateFilterDescriptor");
    Cudnn.check(
        cudnnSetFilter4dDescriptor(
            w,
            cudnnDataType.CUDNN_DATA_FLOAT,
            format(c.kernels()),
            c.kernel().dim(3),
            c.kernel().dim(2),
            c.kernel().dim(0),
            c.kernel().dim(1)),
        "cudnnSetFilter4dDescriptor");
    Cudnn.check(cudnnCreateConvolutionDescriptor(convolution), "cudnnCreateConvolutionDescriptor");
    Cudnn.check(
        cudnnSetConvolution2dDescriptor(
            convolution,
            c.padH(),
            c.padW(),
            c.strideH(),
            c.strideW(),
            c.dilationH(),
            c.dilationW(),
            cudnnConvolutionMode.CUDNN_CROSS_CORRELATION,
            cudnnDataType.CUDNN_DATA_FLOAT),
        "cudnnSetConvolution2dDescriptor");
    Cudnn.check(
        cudnnSetConvolutionGroupCount(convolution, c.groups()), "cudnnSetConvolutionGroupCount");
    // The default lets float32 run on tensor cores as TF32; only FMA says no to it.
    Cudnn.check(
        cudnnSetConvolutionMathType(
            convolution, tf32 ? cudnnMathType.CUDNN_DEFAULT_MATH : cudnnMathType.CUDNN_FMA_MATH),
        "cudnnSetConvolutionMathType");
  }

  private static int format(Order order) {
    return switch (order) {
      case PLAIN, OUTPUTS_FIRST -> cudnnTensorFormat.CUDNN_TENSOR_NHWC;
      case CHANNELS_FIRST, OUTPUTS_INPUTS_FIRST -> cudnnTensorFormat.CUDNN_TENSOR_NCHW;
    };
  }

  Cudnn cudnn() {
    return cudnn;
  }

  public cudnnConvolutionDescriptor descriptor() {
    return convolution;
  }

  public cudnnFilterDescriptor kernelShape() {
    return w;
  }

  public cudnnTensorDescriptor inputShape() {
    return x;
  }

  public cudnnTensorDescriptor outputShape() {
    return y;
  }

  /** Scratch bytes that an algorithm needs. */
  public long workspace(ConvolutionCall.Direction direction, int algorithm) {
    long[] bytes = new long[1];
    Cudnn.check(workspace(direction, algorithm, bytes), "workspace of algorithm " + algorithm);
    return bytes[0];
  }

  /** Whether cuDNN has an algorithm in the math that is set, with so many scratch bytes or less. */
  boolean has(ConvolutionCall.Direction direction, int algorithm, long most) {
    long[] bytes = new long[1];
    return workspace(direction, algorithm, bytes) == 0 && bytes[0] <= most;
  }

  private int workspace(ConvolutionCall.Direction direction, int algorithm, long[] bytes) {
    return switch (direction) {
      case FORWARD ->
          cudnnGetConvolutionForwardWorkspaceSize(
              cudnn.handle(), x, w, convolution, y, algorithm, bytes);
      case BACKWARD_DATA ->
          cudnnGetConvolutionBackwardDataWorkspaceSize(
              cudnn.handle(), w, y, convolution, x, algorithm, bytes);
      case BACKWARD_WEIGHTS ->
          cudnnGetConvolutionBackwardFilterWorkspaceSize(
              cudnn.handle(), x, y, convolution, w, algorithm, bytes);
    };
  }

  /**
   * Runs one direction; {@code a}, {@code b} and {@code result} are those of {@link
   * Device#convolve}.
   */
  public int run(
      ConvolutionCall.Direction direction,
      int algorithm,
      CUdeviceptr a,
      CUdeviceptr b,
      CUdeviceptr result,
      CUdeviceptr workspace,
      long workspaceBytes) {
    Pointer one = Cudnn.ONE;
    Pointer zero = Cudnn.ZERO;
    return switch (direction) {
      case FORWARD ->
          cudnnConvolutionForward(
              cudnn.handle(),
              one,
              x,
              a,
              w,
              b,
              convolution,
              algorithm,
              workspace,
              workspaceBytes,
              zero,
              y,
              result);
      case BACKWARD_DATA ->
          cudnnConvolutionBackwardData(
              cudnn.handle(),
              one,
              w,
              b,
              y,
              a,
              convolution,
              algorithm,
              workspace,
              workspaceBytes,
              zero,
              x,
              result);
      case BACKWARD_WEIGHTS ->
          cudnnConvolutionBackwardFilter(
              cudnn.handle(),
              one,
              x,
              a,
              y,
              b,
              convolution,
              algorithm,
              workspace,
              workspaceBytes,
              zero,
              w,
              result);
    };
  }

  @Override
  public void close() {
    cudnnDestroyConvolutionDescriptor(convolution);
    cudnnDestroyFilterDescriptor(w);
    cudnnDestroyTensorDescriptor(y);
    cudnnDestroyTensorDescriptor(x);
  }
}
