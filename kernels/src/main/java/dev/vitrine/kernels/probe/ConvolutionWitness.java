package dev.vitrine.kernels.probe;

/**
 * Single elements of a convolution (cross-correlation, stride 1) and of its two gradients, by plain
 * loops in double.
 */
final class ConvolutionWitness {
  private final ConvolutionShape shape;
  private final TensorValues x;
  private final TensorValues w;
  private final TensorValues dy;

  ConvolutionWitness(ConvolutionShape shape, TensorValues x, TensorValues w, TensorValues dy) {
    this.shape = shape;
    this.x = x;
    this.w = w;
    this.dy = dy;
  }

  /** {@code y[n,k,p,q] = sum over c,r,s of x[n,c,p+r-pad,q+s-pad] w[k,c,r,s]}. */
  double forward(int n, int k, int p, int q) {
    double sum = 0;
    for (int r = 0; r < shape.kernel(); r++) {
      int h = p + r - shape.pad();
      for (int s = 0; s < shape.kernel(); s++) {
        int v = q + s - shape.pad();
        if (h >= 0 && h < shape.height() && v >= 0 && v < shape.width()) {
          for (int c = 0; c < shape.channels(); c++) {
            sum += (double) x.value(n, c, h, v) * w.value(k, c, r, s);
          }
        }
      }
    }
    return sum;
  }

  /** {@code dx[n,c,h,v] = sum over k,r,s of dy[n,k,h-r+pad,v-s+pad] w[k,c,r,s]}. */
  double data(int n, int c, int h, int v) {
    double sum = 0;
    for (int r = 0; r < shape.kernel(); r++) {
      int p = h - r + shape.pad();
      for (int s = 0; s < shape.kernel(); s++) {
        int q = v - s + shape.pad();
        if (p >= 0 && p < shape.outputHeight() && q >= 0 && q < shape.outputWidth()) {
          for (int k = 0; k < shape.filters(); k++) {
            sum += (double) dy.value(n, k, p, q) * w.value(k, c, r, s);
          }
        }
      }
    }
    return sum;
  }

  /** {@code dw[k,c,r,s] = sum over n,p,q of dy[n,k,p,q] x[n,c,p+r-pad,q+s-pad]}. */
  double weights(int k, int c, int r, int s) {
    double sum = 0;
    for (int n = 0; n < shape.batch(); n++) {
      for (int p = 0; p < shape.outputHeight(); p++) {
        int h = p + r - shape.pad();
        for (int q = 0; q < shape.outputWidth(); q++) {
          int v = q + s - shape.pad();
          if (h >= 0 && h < shape.height() && v >= 0 && v < shape.width()) {
            sum += (double) dy.value(n, k, p, q) * x.value(n, c, h, v);
          }
        }
      }
    }
    return sum;
  }

  /**
   * The element of a direction's output: {@code (n,k,p,q)}, {@code (n,c,h,v)} or {@code (k,c,r,s)}.
   */
  double at(Direction direction, int a, int b, int i, int j) {
    return switch (direction) {
      case FORWARD -> forward(a, b, i, j);
      case DATA -> data(a, b, i, j);
      case WEIGHTS -> weights(a, b, i, j);
    };
  }
}
