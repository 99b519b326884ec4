package dev.vitrine.kernels.probe;

import static jcuda.jcudnn.JCudnn.*;

import dev.vitrine.kernels.device.Cudnn;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.cudnnActivationDescriptor;
import jcuda.jcudnn.cudnnActivationMode;
import jcuda.jcudnn.cudnnNanPropagation;
import jcuda.jcudnn.cudnnPoolingDescriptor;
import jcuda.jcudnn.cudnnPoolingMode;
import jcuda.jcudnn.cudnnTensorDescriptor;

/** cuDNN's operations beside the convolutions. */
final class CudnnOperations implements AutoCloseable {
  private final Cudnn cudnn;
  private final cudnnPoolingDescriptor pooling = new cudnnPoolingDescriptor();
  private final cudnnActivationDescriptor relu = new cudnnActivationDescriptor();

  CudnnOperations(ProbeCard card) {
    cudnn = new Cudnn(card.gpu());
    Cudnn.check(cudnnCreatePoolingDescriptor(pooling), "cudnnCreatePoolingDescriptor");
    Cudnn.check(
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
    Cudnn.check(cudnnCreateActivationDescriptor(relu), "cudnnCreateActivationDescriptor");
    Cudnn.check(
        cudnnSetActivationDescriptor(
            relu,
            cudnnActivationMode.CUDNN_ACTIVATION_RELU,
            cudnnNanPropagation.CUDNN_PROPAGATE_NAN,
            0),
        "cudnnSetActivationDescriptor");
  }

  Cudnn cudnn() {
    return cudnn;
  }

  cudnnActivationDescriptor relu() {
    return relu;
  }

  /** {@code y += bias}, one value per channel. */
  void addBias(
      cudnnTensorDescriptor biasShape,
      CUdeviceptr bias,
      cudnnTensorDescriptor shape,
      CUdeviceptr y) {
    Cudnn.check(
        cudnnAddTensor(cudnn.handle(), Cudnn.ONE, biasShape, bias, Cudnn.ONE, shape, y),
        "cudnnAddTensor");
  }

  void relu(cudnnTensorDescriptor shape, CUdeviceptr x, CUdeviceptr y) {
    Cudnn.check(
        cudnnActivationForward(cudnn.handle(), relu, Cudnn.ONE, shape, x, Cudnn.ZERO, shape, y),
        "cudnnActivationForward");
  }

  /** The maximum of each 2x2 window. */
  void pool(cudnnTensorDescriptor from, CUdeviceptr x, cudnnTensorDescriptor to, CUdeviceptr y) {
    Cudnn.check(
        cudnnPoolingForward(cudnn.handle(), pooling, Cudnn.ONE, from, x, Cudnn.ZERO, to, y),
        "cudnnPoolingForward");
  }

  @Override
  public void close() {
    cudnnDestroyActivationDescriptor(relu);
    cudnnDestroyPoolingDescriptor(pooling);
    cudnn.close();
  }
}
