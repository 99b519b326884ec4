package dev.vitrine.kernels.probe;

/**
 * A convolution with stride 1: input {@code [batch, height, width, channels]}, square kernel,
 * {@code pad} zeros on every side.
 */
record ConvolutionShape(
    int batch, int channels, int height, int width, int filters, int kernel, int pad) {

  ConvolutionShape {
    if (batch < 1 || channels < 1 || height < 1 || width < 1 || filters < 1 || kernel < 1) {
      throw new IllegalArgumentException("a convolution's sizes are at least 1");
    }
    if (pad < 0 || height + 2 * pad < kernel || width + 2 * pad < kernel) {
      throw new IllegalArgumentException(
          "kernel %d does not fit into %dx%d padded by %d".formatted(kernel, height, width, pad));
    }
  }

  int outputHeight() {
    return height + 2 * pad - kernel + 1;
  }

  int outputWidth() {
    return width + 2 * pad - kernel + 1;
  }

  long inputSize() {
    return (long) batch * channels * height * width;
  }

  long weightSize() {
    return (long) filters * channels * kernel * kernel;
  }

  long outputSize() {
    return (long) batch * filters * outputHeight() * outputWidth();
  }

  /** Multiplications and additions of one direction, padding counted as work. */
  double flops() {
    return 2.0 * outputSize() * channels * kernel * kernel;
  }

  ConvolutionShape withBatch(int batch) {
    return new ConvolutionShape(batch, channels, height, width, filters, kernel, pad);
  }
}
