package dev.vitrine.kernels.probe;

import static jcuda.jcudnn.JCudnn.*;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnDataType;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;
import jcuda.jcudnn.cudnnTensorFormat;
import jcuda.runtime.cudaStream_t;

/** cuDNN on a card's stream, and the operations beside the convolutions. */
final class Cudnn implements AutoCloseable {
  static final Pointer ONE = Pointer.to(new float[] {1});
  static final Pointer ZERO = Pointer.to(new float[] {0});

  private final cudnnHandle handle = new cudnnHandle();
  private final cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
  private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();

  Cudnn(Gpu gpu) {
    check(cudnnCreate(handle), "cudnnCreate");
    check(cudnnSetStream(handle, new cudaStream_t(gpu.stream())), "cudnnSetStream");
    check(cudnnCreatePoolingDescriptor(pooling), "cudnnCreatePoolingDescriptor");
    check(
        cudnnSetPooling2dDescriptor(
            pooling,
            cudnnPoolingMode.CUDNN_POOLING_MAX_DETERMINISTIC,
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            2,
            2,
            0,
            0,
            2,
            2),
        "cudnnSetPooling2dDescriptor");
    check(cudnnCreateActivationDescriptor(relu), "cudnnCreateActivationDescriptor");
    check(
        cudnnSetActivationDescriptor(
            relu,
            cudnnActivationMode.CUDNN_ACTIVATION_RELU,
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            0),
        "cudnnSetActivationDescriptor");
  }

  /** cuDNN 9 numbers its statuses anew, so its own names are asked for, not the Java jar's. */
  static void check(int status, String call) {
    if (status != 0) {
      throw new GpuFailure("%s: %s".formatted(call, cudnnGetErrorString(status)));
    }
  }

  cudnnHandle handle() {
    return handle;
  }

  cudnnActivationDescriptor relu() {
    return relu;
  }

  /** The caller destroys it. */
  static cudnnTensorDescriptor tensor(TensorLayout layout, int n, int c, int h, int w) {
    cudnnTensorDescriptor descriptor = new cudnnTensorDescriptor();
    check(cudnnCreateTensorDescriptor(descriptor), "cudnnCreateTensorDescriptor");
    check(
        cudnnSetTensor4dDescriptor(
            descriptor, format(layout), cudnnDataType.CUDNN_DATA_FLOAT, n, c, h, w),
        "cudnnSetTensor4dDescriptor");
    return descriptor;
  }

  static int format(TensorLayout layout) {
    return layout == TensorLayout.NHWC
        ? cudnnTensorFormat.CUDNN_TENSOR_NHWC
        : cudnnTensorFormat.CUDNN_TENSOR_NCHW;
  }

  /** {@code y += bias}, one value per channel. */
  void addBias(
      cudnnTensorDescriptor biasShape,
      CUdeviceptr bias,
      cudnnTensorDescriptor shape,
      CUdeviceptr y) {
    check(cudnnAddTensor(handle, ONE, biasShape, bias, ONE, shape, y), "cudnnAddTensor");
  }

  void relu(cudnnTensorDescriptor shape, CUdeviceptr x, CUdeviceptr y) {
    check(
        cudnnActivationForward(handle, relu, ONE, shape, x, ZERO, shape, y),
        "cudnnActivationForward");
  }

  /** The maximum of each 2x2 window. */
  void pool(cudnnTensorDescriptor from, CUdeviceptr x, cudnnTensorDescriptor to, CUdeviceptr y) {
    check(cudnnPoolingForward(handle, pooling, ONE, from, x, ZERO, to, y), "cudnnPoolingForward");
  }

  @Override
  public void close() {
    cudnnDestroyActivationDescriptor(relu);
    cudnnDestroyPoolingDescriptor(pooling);
    cudnnDestroy(handle);
  }
}
