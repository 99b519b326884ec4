package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.image.Preprocessing.Rgb;
import java.util.List;

/**
 * The units in which an image's pixels are moved: {@code z = (color - mean) / std} per RGB channel,
 * where color is 0 for black and 1 for white. A network's input is reached from there by one affine
 * map per channel and perhaps a change of their order: a convolution with a 1x1 kernel, which a
 * tape differentiates.
 *
 * @param mean of each channel, RGB
 * @param std of each channel, RGB
 */
record PixelSpace(List<Double> mean, List<Double> std) {
  /**
   * ImageNet's standard deviations, as torchvision's networks take pixels: 1 is about 58 of 255.
   * Steps of one size mean the same to the eye there whatever a network's own preprocessing is.
   */
  static final PixelSpace STANDARD =
      new PixelSpace(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** 0 for black and 1 for white. */
  static final PixelSpace COLORS = new PixelSpace(List.of(0., 0., 0.), List.of(1., 1., 1.));

  private static final Conv2d AFFINE = new Conv2d(Sliding.valid(1, 1, 1, 1));

  /** The numbers that a network takes, but in RGB order. */
  static PixelSpace of(Preprocessing own) {
    double[] mean = numbers(own.mean());
    double[] std = numbers(own.std());
    return new PixelSpace(
        List.of(mean[0] / 255, mean[1] / 255, mean[2] / 255),
        List.of(
            std[0] / own.scale() / 255, std[1] / own.scale() / 255, std[2] / own.scale() / 255));
  }

  private static double[] numbers(Rgb rgb) {
    return new double[] {rgb.red(), rgb.green(), rgb.blue()};
  }

  private record Scales(PixelSpace space, Preprocessing own) {}

  private record Shifts(PixelSpace space, Preprocessing own) {}

  /** The network's input for {@code z [n, h, w, 3]}, on the tape. */
  Tensor toNetwork(Tape tape, Constants constants, Preprocessing own, Tensor z) {
    double[] ownMean = numbers(own.mean());
    double[] ownStd = numbers(own.std());
    double[] scales = new double[9];
    double[] shifts = new double[3];
    for (int c = 0; c < 3; c++) {
      int to = own.bgr() ? 2 - c : c;
      scales[c * 3 + to] = 255 * std.get(c) * own.scale() / ownStd[c];
      shifts[to] = (255 * mean.get(c) - ownMean[c]) * own.scale() / ownStd[c];
    }
    return tape.apply(
        AFFINE,
        z,
        constants.of(new Scales(this, own), Shape.of(1, 1, 3, 3), () -> scales),
        constants.of(new Shifts(this, own), Shape.of(3), () -> shifts));
  }

  /** The colours for {@code z [n, h, w, 3]}, on the tape, not clipped. */
  Tensor toColors(Tape tape, Constants constants, Tensor z) {
    if (equals(COLORS)) {
      return z;
    }
    Shape row = Shape.of(1, 1, 1, 3);
    Tensor scales = constants.of(std, row, () -> array(std));
    Tensor shifts = constants.of(this, row, () -> array(mean));
    Tensor scaled = tape.apply(new Arithmetic(Binary.MULTIPLY), z, scales);
    return tape.apply(new Arithmetic(Binary.ADD), scaled, shifts);
  }

  private static double[] array(List<Double> numbers) {
    return numbers.stream().mapToDouble(d -> d).toArray();
  }

  /** {@code z} of a colour of one channel. */
  float of(double color, int channel) {
    return (float) ((color - mean.get(channel)) / std.get(channel));
  }

  /** {@code z} of colours {@code [h, w, 3]}. */
  float[] of(float[] colors) {
    float[] z = new float[colors.length];
    for (int i = 0; i < z.length; i++) {
      z[i] = of(colors[i], i % 3);
    }
    return z;
  }

  /** The colours in 0..1 that {@code z} stands for, clipped to what can be seen. */
  float[] toColors(float[] z) {
    float[] colors = new float[z.length];
    for (int i = 0; i < z.length; i++) {
      double color = z[i] * std.get(i % 3) + mean.get(i % 3);
      colors[i] = (float) Math.min(1, Math.max(0, color));
    }
    return colors;
  }
}
