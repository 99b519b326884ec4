package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;

/**
 * Convolutions by plain loops, without bias, for what cuDNN has no algorithm: any groups, dilation
 * and padding, any order of a kernel's axes.
 */
final class DirectConvolution {
  private final Launcher launcher;

  DirectConvolution(Launcher launcher) {
    this.launcher = launcher;
  }

  void forward(Convolution convolution, CudaBuffer x, CudaBuffer kernel, CudaBuffer y) {
    KernelArguments arguments = arguments(convolution, x, kernel, y, x, y, kernel);
    launcher.launch(Launch.over(y.size(), "convolution", "convolution", arguments));
  }

  void backwardData(
      Convolution convolution, CudaBuffer gradY, CudaBuffer kernel, CudaBuffer gradX) {
    KernelArguments arguments = arguments(convolution, gradY, kernel, gradX, gradX, gradY, kernel);
    launcher.launch(
        Launch.over(gradX.size(), "convolution", "convolution_backward_data", arguments));
  }

  void backwardWeights(
      Convolution convolution, CudaBuffer x, CudaBuffer gradY, CudaBuffer gradKernel) {
    KernelArguments arguments = arguments(convolution, x, gradY, gradKernel, x, gradY, gradKernel);
    arguments
        .struct(new Struct().divisor(convolution.window().kernelW()).bytes())
        .int32((int) gradKernel.size());
    launcher.launch(
        Launch.over(gradKernel.size(), "convolution", "convolution_backward_weights", arguments));
  }

  private static KernelArguments arguments(
      Convolution convolution,
      CudaBuffer first,
      CudaBuffer second,
      CudaBuffer result,
      CudaBuffer x,
      CudaBuffer y,
      CudaBuffer kernel) {
    int groups = convolution.groups();
    long[] strides = kernel.strides();
    return new KernelArguments()
        .pointer(first.address())
        .pointer(second.address())
        .pointer(result.address())
        .struct(Image.of(x).struct(1))
        .struct(Image.of(y).struct(1))
        .struct(Pooling.struct(convolution.window()))
        .struct(
            new Struct()
                .divisor(x.shape().dim(3) / groups)
                .divisor(y.shape().dim(3) / groups)
                .bytes())
        .struct(
            new Struct()
                .int32(strides[0])
                .int32(strides[1])
                .int32(strides[2])
                .int32(strides[3])
                .bytes());
  }
}
