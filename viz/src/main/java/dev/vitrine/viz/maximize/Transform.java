package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Resample;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Warp;
import dev.vitrine.weights.BadInputException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * What is done to images before a network sees them, so that what excites it is what survives that
 * (Olah, Mordvintsev and Schubert, 2017). Gradients flow back through.
 */
public sealed interface Transform {

  /** The images transformed, on the tape. */
  Tensor apply(Tape tape, Constants constants, Tensor images, Random random);

  /** True if it draws no numbers: every step does the same. */
  default boolean isConstant() {
    return false;
  }

  /** How much it makes a side longer, at most. */
  default int longest(int side) {
    return side;
  }

  /** A frame of so many pixels, grey. */
  record Padding(int pixels) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      return tape.apply(new Pad(pixels, pixels, pixels, pixels, 0.5), images);
    }

    @Override
    public boolean isConstant() {
      return true;
    }

    @Override
    public int longest(int side) {
      return side + 2 * pixels;
    }
  }

  /** A random part, so many pixels smaller. */
  record Jitter(int pixels) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      int top = random.nextInt(pixels + 1);
      int left = random.nextInt(pixels + 1);
      return tape.apply(new Crop(top, left, pixels - top, pixels - left), images);
    }

    @Override
    public int longest(int side) {
      return side - pixels;
    }
  }

  /** One of some sizes, relative to that before. */
  record Scaling(List<Double> factors) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      double factor = factors.get(random.nextInt(factors.size()));
      Shape shape = images.shape();
      return tape.apply(
          new Resample(
              Interpolation.BILINEAR,
              (int) Math.max(1, shape.dim(1) * factor),
              (int) Math.max(1, shape.dim(2) * factor)),
          images);
    }

    @Override
    public int longest(int side) {
      return (int) (side * factors.stream().mapToDouble(f -> f).max().orElse(1));
    }
  }

  /** About the centre, by one of some angles, in degrees. What comes in from outside is black. */
  record Rotation(List<Double> degrees) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      double angle = Math.toRadians(degrees.get(random.nextInt(degrees.size())));
      return tape.apply(new Warp(about(angle, images.shape())), images);
    }

    private static Affine about(double angle, Shape shape) {
      double y = (shape.dim(1) - 1) / 2.0;
      double x = (shape.dim(2) - 1) / 2.0;
      double cos = Math.cos(angle);
      double sin = Math.sin(angle);
      return new Affine(cos, sin, y - cos * y - sin * x, -sin, cos, x + sin * y - cos * x);
    }
  }

  /** A Gaussian of that standard deviation in pixels; three of them are lost on each side. */
  record Blur(double sigma) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      int radius = radius();
      int side = 2 * radius + 1;
      Tensor kernel = constants.of(this, Shape.of(side, side, 1, 3), () -> kernel(radius));
      return tape.apply(new Conv2d(Sliding.valid(side, side, 1, 1), 3, null), images, kernel);
    }

    private int radius() {
      return (int) Math.ceil(3 * sigma);
    }

    private double[] kernel(int radius) {
      double[] bell =
          IntStream.rangeClosed(-radius, radius)
              .mapToDouble(i -> Math.exp(-i * i / (2 * sigma * sigma)))
              .toArray();
      double sum = DoubleStream.of(bell).sum();
      double[] kernel = new double[bell.length * bell.length * 3];
      for (int i = 0; i < kernel.length; i++) {
        kernel[i] = bell[i / 3 / bell.length] * bell[i / 3 % bell.length] / (sum * sum);
      }
      return kernel;
    }

    @Override
    public boolean isConstant() {
      return true;
    }

    @Override
    public int longest(int side) {
      return side - 2 * radius();
    }
  }

  /** To a size: for networks that take no other. */
  record Fit(int h, int w) implements Transform {
    @Override
    public Tensor apply(Tape tape, Constants constants, Tensor images, Random random) {
      return tape.apply(new Resample(Interpolation.BILINEAR, h, w), images);
    }

    @Override
    public boolean isConstant() {
      return true;
    }
  }

  /** Lucid's: a frame, jitter, some scales, some angles, jitter. */
  static List<Transform> lucid() {
    return List.of(
        new Padding(12),
        new Jitter(8),
        new Scaling(IntStream.range(0, 11).mapToObj(i -> 1 + (i - 5) / 50.0).toList()),
        new Rotation(
            IntStream.concat(IntStream.rangeClosed(-10, 10), IntStream.of(0, 0, 0, 0, 0))
                .mapToObj(i -> (double) i)
                .toList()),
        new Jitter(4));
  }

  /**
   * Reads {@code pad:12,jitter:8,scale:0.9-1.1,rotate:10,blur:1}, {@code lucid} or {@code none}.
   *
   * @throws BadInputException if it is no such list
   */
  static List<Transform> parse(String text) {
    if (text.equals("none")) {
      return List.of();
    }
    if (text.equals("lucid")) {
      return lucid();
    }
    return List.of(text.split(",")).stream().map(part -> one(text, part.strip())).toList();
  }

  private static Transform one(String text, String part) {
    String[] pair = part.toLowerCase(Locale.ROOT).split(":", 2);
    try {
      String[] range = pair[1].split("-", 2);
      double number = Double.parseDouble(range[0]);
      if (number > 0 && number <= 1000) {
        switch (pair[0]) {
          case "pad":
            return new Padding(Integer.parseInt(pair[1]));
          case "jitter":
            return new Jitter(Integer.parseInt(pair[1]));
          case "rotate":
            return new Rotation(steps(-number, number, 21));
          case "blur":
            return new Blur(number);
          case "scale":
            return new Scaling(steps(number, Double.parseDouble(range[1]), 11));
          default:
            break;
        }
      }
    } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
      // Said below.
    }
    throw new BadInputException(
        "transforms '%s': '%s' is none of pad:12, jitter:8, scale:0.9-1.1, rotate:10 and blur:1; lucid is lucid's list, none is none"
            .formatted(text, part));
  }

  private static List<Double> steps(double from, double to, int count) {
    return IntStream.range(0, count).mapToObj(i -> from + (to - from) * i / (count - 1)).toList();
  }
}
