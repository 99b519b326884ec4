package dev.vitrine.engine.backend;

/**
 * The geometry of a sliding window, in pixels: of a convolution's kernel or of a pooling. Padding
 * is what lies outside the image on each side: zeros for a convolution, nothing for a pooling (it
 * is never the maximum and is not counted by the average).
 */
public record Window(
    int kernelH,
    int kernelW,
    int strideH,
    int strideW,
    int dilationH,
    int dilationW,
    int padTop,
    int padLeft,
    int padBottom,
    int padRight) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the kernel, a stride or a dilation is below 1, or a padding
   *     below 0
   */
  public Window {
    if (Math.min(kernelH, kernelW) < 1
        || Math.min(strideH, strideW) < 1
        || Math.min(dilationH, dilationW) < 1
        || Math.min(Math.min(padTop, padLeft), Math.min(padBottom, padRight)) < 0) {
      throw new IllegalArgumentException(
          "window needs a kernel, strides and dilations of 1 or more and paddings of 0 or more");
    }
  }

  /** A window without padding and dilation. */
  public static Window of(int kernelH, int kernelW, int strideH, int strideW) {
    return new Window(kernelH, kernelW, strideH, strideW, 1, 1, 0, 0, 0, 0);
  }

  /** The same window with the given padding on each side. */
  public Window padded(int top, int left, int bottom, int right) {
    return new Window(
        kernelH, kernelW, strideH, strideW, dilationH, dilationW, top, left, bottom, right);
  }

  /** Rows that one placement of the kernel spans. */
  public int spanH() {
    return (kernelH - 1) * dilationH + 1;
  }

  /** Columns that one placement of the kernel spans. */
  public int spanW() {
    return (kernelW - 1) * dilationW + 1;
  }

  /** Rows of the output for an image of {@code h} rows; 0 or less where the window does not fit. */
  public int outputH(int h) {
    return Math.floorDiv(h + padTop + padBottom - spanH(), strideH) + 1;
  }

  /** Columns of the output for an image of {@code w} columns; 0 or less where it does not fit. */
  public int outputW(int w) {
    return Math.floorDiv(w + padLeft + padRight - spanW(), strideW) + 1;
  }
}
