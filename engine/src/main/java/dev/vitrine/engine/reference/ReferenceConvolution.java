package dev.vitrine.engine.reference;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.util.Arrays;

/**
 * Convolution and its two transposes. All three walk the same products {@code y[n,i,j,o] +=
 * x[n,h,w,c] * kernel[p,q,c,o]}; which of the three factors is the sum makes the difference.
 */
final class ReferenceConvolution {
  private ReferenceConvolution() {}

  /** What is done with one product, given the places of its factors. */
  private interface Product {
    void at(int x, int kernel, int y);
  }

  static void forward(
      Convolution convolution,
      double[] x,
      Shape xShape,
      double[] kernel,
      double[] bias,
      PostOp post,
      double[] y,
      Shape yShape) {
    int channels = yShape.dim(3);
    for (int i = 0; i < y.length; i++) {
      y[i] = bias == null ? 0 : bias[i % channels];
    }
    forEachProduct(convolution, xShape, yShape, (ix, ik, iy) -> y[iy] += x[ix] * kernel[ik]);
    for (int i = 0; i < y.length; i++) {
      y[i] = apply(post, y[i]);
    }
  }

  static void backwardData(
      Convolution convolution,
      double[] gradY,
      Shape yShape,
      double[] kernel,
      double[] gradX,
      Shape xShape) {
    Arrays.fill(gradX, 0);
    forEachProduct(
        convolution, xShape, yShape, (ix, ik, iy) -> gradX[ix] += gradY[iy] * kernel[ik]);
  }

  static void backwardWeights(
      Convolution convolution,
      double[] x,
      Shape xShape,
      double[] gradY,
      Shape yShape,
      double[] gradKernel) {
    Arrays.fill(gradKernel, 0);
    forEachProduct(
        convolution, xShape, yShape, (ix, ik, iy) -> gradKernel[ik] += x[ix] * gradY[iy]);
  }

  private static void forEachProduct(
      Convolution convolution, Shape xShape, Shape yShape, Product product) {
    Window w = convolution.window();
    int height = xShape.dim(1);
    int width = xShape.dim(2);
    int in = xShape.dim(3);
    int out = yShape.dim(3);
    int groupIn = in / convolution.groups();
    int groupOut = out / convolution.groups();
    for (int n = 0; n < yShape.dim(0); n++) {
      for (int i = 0; i < yShape.dim(1); i++) {
        for (int j = 0; j < yShape.dim(2); j++) {
          for (int p = 0; p < w.kernelH(); p++) {
            for (int q = 0; q < w.kernelW(); q++) {
              int row = i * w.strideH() + p * w.dilationH() - w.padTop();
              int column = j * w.strideW() + q * w.dilationW() - w.padLeft();
              if (row < 0 || row >= height || column < 0 || column >= width) {
                continue; // a zero of the padding
              }
              for (int c = 0; c < groupIn; c++) {
                for (int o = 0; o < out; o++) {
                  int group = o / groupOut;
                  product.at(
                      ((n * height + row) * width + column) * in + group * groupIn + c,
                      ((p * w.kernelW() + q) * groupIn + c) * out + o,
                      ((n * yShape.dim(1) + i) * yShape.dim(2) + j) * out + o);
                }
              }
            }
          }
        }
      }
    }
  }

  /** One element of a result on its way into memory. */
  static double apply(PostOp post, double value) {
    return switch (post) {
      case NONE -> value;
      case RELU -> Math.max(value, 0);
    };
  }
}
