package dev.vitrine.bench.contest;

import dev.vitrine.engine.backend.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs a translated network at once as it is told of it, by loops over {@code [n, c, h, w]}. */
final class PlainNetwork implements Assembly {
  /** An array, {@code [n, c, h, w]} or {@code [n, c, 1, 1]}. */
  private record Maps(int n, int c, int h, int w, float[] values) {
    Maps(int n, int c, int h, int w) {
      this(n, c, h, w, new float[n * c * h * w]);
    }

    int at(int i, int channel, int row, int column) {
      return ((i * c + channel) * h + row) * w + column;
    }
  }

  private interface Tap {
    void of(int window, int pixel);
  }

  private final Map<String, Maps> arrays = new HashMap<>();

  PlainNetwork(String input, int n, int c, int h, int w, float[] pixels) {
    arrays.put(input, new Maps(n, c, h, w, pixels));
  }

  float[] values(String layer) {
    return arrays.get(layer).values();
  }

  private static void taps(Window w, Maps x, int image, int channel, int i, int j, Tap tap) {
    for (int p = 0; p < w.kernelH(); p++) {
      for (int q = 0; q < w.kernelW(); q++) {
        int row = i * w.strideH() + p - w.padTop();
        int column = j * w.strideW() + q - w.padLeft();
        if (row >= 0 && row < x.h() && column >= 0 && column < x.w()) {
          tap.of(p * w.kernelW() + q, x.at(image, channel, row, column));
        }
      }
    }
  }

  @Override
  public void convolution(
      String name,
      String input,
      float[] kernel,
      int[] shape,
      float[] bias,
      Window window,
      int groups) {
    Maps x = arrays.get(input);
    Maps y = new Maps(x.n(), shape[0], window.outputH(x.h()), window.outputW(x.w()));
    int taps = shape[2] * shape[3];
    for (int n = 0; n < y.n(); n++) {
      for (int o = 0; o < y.c(); o++) {
        for (int p = 0; p < y.h() * y.w(); p++) {
          double[] sum = {bias[o]};
          for (int c = 0; c < x.c(); c++) {
            int base = (o * x.c() + c) * taps;
            taps(
                window,
                x,
                n,
                c,
                p / y.w(),
                p % y.w(),
                (t, pixel) -> sum[0] += (double) kernel[base + t] * x.values()[pixel]);
          }
          y.values()[y.at(n, o, p / y.w(), p % y.w())] = (float) sum[0];
        }
      }
    }
    arrays.put(name, y);
  }

  @Override
  public void relu(String name, String input) {
    Maps x = arrays.get(input);
    Maps y = new Maps(x.n(), x.c(), x.h(), x.w());
    for (int i = 0; i < x.values().length; i++) {
      y.values()[i] = Math.max(0, x.values()[i]);
    }
    arrays.put(name, y);
  }

  @Override
  public void maxPool(String name, String input, Window window) {
    Maps x = arrays.get(input);
    Maps y = new Maps(x.n(), x.c(), window.outputH(x.h()), window.outputW(x.w()));
    for (int i = 0; i < y.n() * y.c(); i++) {
      for (int p = 0; p < y.h() * y.w(); p++) {
        float[] most = {Float.NEGATIVE_INFINITY};
        taps(
            window,
            x,
            i / y.c(),
            i % y.c(),
            p / y.w(),
            p % y.w(),
            (t, pixel) -> most[0] = Math.max(most[0], x.values()[pixel]));
        y.values()[i * y.h() * y.w() + p] = most[0];
      }
    }
    arrays.put(name, y);
  }

  @Override
  public void concat(String name, List<String> inputs) {
    Maps first = arrays.get(inputs.get(0));
    int channels = inputs.stream().mapToInt(i -> arrays.get(i).c()).sum();
    Maps y = new Maps(first.n(), channels, first.h(), first.w());
    int at = 0;
    for (int n = 0; n < y.n(); n++) {
      for (String input : inputs) {
        Maps x = arrays.get(input);
        int each = x.c() * x.h() * x.w();
        System.arraycopy(x.values(), n * each, y.values(), at, each);
        at += each;
      }
    }
    arrays.put(name, y);
  }

  @Override
  public void globalAverage(String name, String input) {
    Maps x = arrays.get(input);
    Maps y = new Maps(x.n(), x.c(), 1, 1);
    int pixels = x.h() * x.w();
    for (int i = 0; i < x.values().length; i++) {
      y.values()[i / pixels] += x.values()[i] / pixels;
    }
    arrays.put(name, y);
  }

  @Override
  public void flatten(String name, String input) {
    Maps x = arrays.get(input);
    arrays.put(name, new Maps(x.n(), x.c() * x.h() * x.w(), 1, 1, x.values()));
  }

  @Override
  public void dense(String name, String input, float[] weights, int out, int in, float[] bias) {
    Maps x = arrays.get(input);
    Maps y = new Maps(x.n(), out, 1, 1);
    for (int i = 0; i < y.values().length; i++) {
      double sum = bias[i % out];
      for (int k = 0; k < in; k++) {
        sum += (double) weights[i % out * in + k] * x.values()[i / out * in + k];
      }
      y.values()[i] = (float) sum;
    }
    arrays.put(name, y);
  }
}
