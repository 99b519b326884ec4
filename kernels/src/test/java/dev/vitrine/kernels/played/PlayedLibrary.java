package dev.vitrine.kernels.played;

import dev.vitrine.engine.Shape;
import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.Product;

/** What a card's libraries compute, by plain loops that add up in double. */
final class PlayedLibrary {
  private PlayedLibrary() {}

  static float[] multiply(Product p, float[] a, float[] b) {
    float[] y = new float[p.m() * p.n()];
    for (int i = 0; i < p.m(); i++) {
      for (int j = 0; j < p.n(); j++) {
        double sum = 0;
        for (int k = 0; k < p.k(); k++) {
          double left = a[p.transposeA() ? k * p.m() + i : i * p.k() + k];
          double right = b[p.transposeB() ? j * p.k() + k : k * p.n() + j];
          sum += left * right;
        }
        y[i * p.n() + j] = (float) sum;
      }
    }
    return y;
  }

  /** Elements of the first operand. */
  static int firstSize(ConvolutionCall call) {
    return (int)
        switch (call.direction()) {
          case FORWARD, BACKWARD_WEIGHTS -> call.x().size();
          case BACKWARD_DATA -> call.y().size();
        };
  }

  /** Elements of the second operand. */
  static int secondSize(ConvolutionCall call) {
    return (int)
        switch (call.direction()) {
          case FORWARD, BACKWARD_DATA -> call.kernel().size();
          case BACKWARD_WEIGHTS -> call.y().size();
        };
  }

  static float[] convolve(ConvolutionCall call, float[] first, float[] second) {
    return switch (call.direction()) {
      case FORWARD -> {
        double[] y = new double[(int) call.y().size()];
        forEachProduct(call, (x, k, o) -> y[o] += (double) first[x] * second[k]);
        yield narrow(y);
      }
      case BACKWARD_DATA -> {
        double[] gradX = new double[(int) call.x().size()];
        forEachProduct(call, (x, k, o) -> gradX[x] += (double) first[o] * second[k]);
        yield narrow(gradX);
      }
      case BACKWARD_WEIGHTS -> {
        double[] gradKernel = new double[(int) call.kernel().size()];
        forEachProduct(call, (x, k, o) -> gradKernel[k] += (double) first[x] * second[o]);
        yield narrow(gradKernel);
      }
    };
  }

  /** What is done with one product, given the places of its factors in memory. */
  private interface Term {
    void at(int x, int kernel, int y);
  }

  private static void forEachProduct(ConvolutionCall call, Term term) {
    Shape kernel = call.kernel();
    int groupIn = kernel.dim(2);
    int groupOut = kernel.dim(3) / call.groups();
    long[] inX = call.images().strides(call.x());
    long[] inKernel = call.kernels().strides(kernel);
    long[] inY = call.images().strides(call.y());
    int[] outs = {call.y().dim(0), call.y().dim(1), call.y().dim(2), kernel.dim(3)};
    int[] place = new int[4];
    do {
      for (int p = 0; p < kernel.dim(0); p++) {
        for (int q = 0; q < kernel.dim(1); q++) {
          int row = place[1] * call.strideH() + p * call.dilationH() - call.padH();
          int column = place[2] * call.strideW() + q * call.dilationW() - call.padW();
          if (row < 0 || row >= call.x().dim(1) || column < 0 || column >= call.x().dim(2)) {
            continue;
          }
          for (int c = 0; c < groupIn; c++) {
            int channel = place[3] / groupOut * groupIn + c;
            term.at(
                at(inX, place[0], row, column, channel),
                at(inKernel, p, q, c, place[3]),
                at(inY, place));
          }
        }
      }
    } while (next(place, outs));
  }

  private static int at(long[] strides, int... place) {
    long at = 0;
    for (int i = 0; i < place.length; i++) {
      at += strides[i] * place[i];
    }
    return (int) at;
  }

  /** Goes on to the next place of an array; false after the last. */
  private static boolean next(int[] place, int[] extents) {
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      if (++place[axis] < extents[axis]) {
        return true;
      }
      place[axis] = 0;
    }
    return false;
  }

  private static float[] narrow(double[] values) {
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }
}
