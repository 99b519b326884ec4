package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.Order;
import java.util.Locale;
import java.util.stream.IntStream;
import jcuda.jcudnn.cudnnTensorFormat;

/** How a four-dimensional tensor lies in memory; a filter counts as {@code [k, c, r, s]}. */
enum TensorLayout {
  NHWC(Order.PLAIN, Order.OUTPUTS_FIRST, cudnnTensorFormat.CUDNN_TENSOR_NHWC),
  NCHW(Order.CHANNELS_FIRST, Order.OUTPUTS_INPUTS_FIRST, cudnnTensorFormat.CUDNN_TENSOR_NCHW);

  private final Order images;
  private final Order kernels;
  private final int format;

  TensorLayout(Order images, Order kernels, int format) {
    this.images = images;
    this.kernels = kernels;
    this.format = format;
  }

  Order images() {
    return images;
  }

  Order kernels() {
    return kernels;
  }

  /** cuDNN's number of it. */
  int format() {
    return format;
  }

  /** The place of element {@code (n, c, h, w)} of a tensor with these channels and sizes. */
  long offset(int n, int c, int h, int w, int channels, int height, int width) {
    return this == NHWC
        ? (((long) n * height + h) * width + w) * channels + c
        : (((long) n * channels + c) * height + h) * width + w;
  }

  /**
   * Fills the first {@code batch * channels * height * width} places of {@code target} with the
   * tensor's values, in this layout.
   */
  void fill(float[] target, RandomTensor tensor) {
    int channels = tensor.channels();
    int height = tensor.height();
    int width = tensor.width();
    IntStream.range(0, tensor.batch() * height)
        .parallel()
        .forEach(
            row -> {
              int n = row / height;
              int h = row % height;
              if (this == NHWC) {
                int at = (int) offset(n, 0, h, 0, channels, height, width);
                for (int w = 0; w < width; w++) {
                  for (int c = 0; c < channels; c++) {
                    target[at++] = tensor.value(n, c, h, w);
                  }
                }
              } else {
                for (int c = 0; c < channels; c++) {
                  int at = (int) offset(n, c, h, 0, channels, height, width);
                  for (int w = 0; w < width; w++) {
                    target[at++] = tensor.value(n, c, h, w);
                  }
                }
              }
            });
  }

  /** The name in output lines and in arguments. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
