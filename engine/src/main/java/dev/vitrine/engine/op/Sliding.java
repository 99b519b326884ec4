package dev.vitrine.engine.op;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;

/**
 * A window that slides over images of any size, with Keras' rules for the padding: {@code valid}
 * pads nothing and drops the rest, {@code same} pads so that the output has {@code ceil(size /
 * stride)} pixels, the odd one at the bottom and right.
 *
 * @param window the kernel, strides and dilations, and for {@code same == false} the padding
 * @param same true if the padding follows the image
 */
public record Sliding(Window window, boolean same) {

  /** Without padding. */
  public static Sliding valid(int kernelH, int kernelW, int strideH, int strideW) {
    return new Sliding(Window.of(kernelH, kernelW, strideH, strideW), false);
  }

  /** With Keras' padding {@code same}. */
  public static Sliding same(int kernelH, int kernelW, int strideH, int strideW) {
    return new Sliding(Window.of(kernelH, kernelW, strideH, strideW), true);
  }

  /** The window for images of one size, padding worked out. */
  public Window on(Shape x) {
    if (!same) {
      return window;
    }
    int h = missing(x.dim(1), window.strideH(), window.spanH());
    int w = missing(x.dim(2), window.strideW(), window.spanW());
    return h == 0 && w == 0 ? window : window.padded(h / 2, w / 2, h - h / 2, w - w / 2);
  }

  /** The output's shape for images {@code x [n, h, w, c]}, with the given number of channels. */
  Shape output(Shape x, int channels) {
    Window w = on(x);
    int oh = w.outputH(x.dim(1));
    int ow = w.outputW(x.dim(2));
    if (oh < 1 || ow < 1) {
      throw new IllegalArgumentException(
          "an image of %d by %d is too small for a window of %d by %d; use a larger image"
              .formatted(x.dim(1), x.dim(2), w.spanH(), w.spanW()));
    }
    return Shape.of(x.dim(0), oh, ow, channels);
  }

  private static int missing(int size, int stride, int span) {
    int out = (size + stride - 1) / stride;
    return Math.max((out - 1) * stride + span - size, 0);
  }

  @Override
  public String toString() {
    return window.kernelH() + "x" + window.kernelW();
  }
}
