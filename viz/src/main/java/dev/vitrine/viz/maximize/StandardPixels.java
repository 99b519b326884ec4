package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.image.Preprocessing.Rgb;

/**
 * Pixels in units of ImageNet's standard deviation, {@code z = (pixel / 255 - mean) / std} in RGB
 * order, as torchvision's networks take them: 1 is about 58 of 255. Steps of one size mean the same
 * to the eye there whatever a network's own preprocessing is. That is reached from {@code z} by one
 * affine map per channel and perhaps a change of their order: a convolution with a 1x1 kernel,
 * which a tape differentiates.
 */
final class StandardPixels implements AutoCloseable {
  private static final double[] MEAN = {0.485, 0.456, 0.406};
  private static final double[] STD = {0.229, 0.224, 0.225};
  private static final Conv2d AFFINE = new Conv2d(Sliding.valid(1, 1, 1, 1));

  private final Scope scope;
  private final Tensor kernel; // [1, 1, 3, 3]
  private final Tensor bias; // [3]

  StandardPixels(Backend backend, Preprocessing own) {
    double[] mean = numbers(own.mean());
    double[] std = numbers(own.std());
    double[] scales = new double[9];
    double[] shifts = new double[3];
    for (int c = 0; c < 3; c++) {
      int to = own.bgr() ? 2 - c : c;
      scales[c * 3 + to] = 255 * STD[c] * own.scale() / std[c];
      shifts[to] = (255 * MEAN[c] - mean[c]) * own.scale() / std[c];
    }
    scope = new Scope(backend);
    kernel = scope.of(Shape.of(1, 1, 3, 3), scales).named("pixel scale");
    bias = scope.of(Shape.of(3), shifts).named("pixel shift");
    backend.freeze(kernel.buffer());
    backend.freeze(bias.buffer());
  }

  private static double[] numbers(Rgb rgb) {
    return new double[] {rgb.red(), rgb.green(), rgb.blue()};
  }

  /** The network's input for {@code z [n, h, w, 3]}, on the tape. */
  Tensor toNetwork(Tape tape, Tensor z) {
    return tape.apply(AFFINE, z, kernel, bias);
  }

  /** {@code z} of a pixel in 0..255 of one channel. */
  static float of(double pixel, int channel) {
    return (float) ((pixel / 255 - MEAN[channel]) / STD[channel]);
  }

  /** The colours in 0..1 that {@code z} stands for, clipped to what can be seen. */
  static float[] toColors(float[] z) {
    float[] colors = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      double color = z[i] * STD[i % 3] + MEAN[i % 3];
      colors[i] = (float) Math.min(1, Math.max(0, color));
    }
    return colors;
  }

  @Override
  public void close() {
    scope.close();
  }
}
