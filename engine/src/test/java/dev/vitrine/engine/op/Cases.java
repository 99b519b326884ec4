package dev.vitrine.engine.op;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Operations on random shapes, small enough to take every element's difference quotient. */
final class Cases {
  private Cases() {}

  /**
   * An operation and inputs for it.
   *
   * @param differentiable how many of the first inputs have gradients
   * @param linear true if the output is linear in the first input, the others held
   */
  record Case(
      Op op,
      List<Shape> shapes,
      List<double[]> inputs,
      int differentiable,
      boolean linear,
      long seed) {

    @Override
    public String toString() {
      return op + " of " + shapes + ", seed " + seed;
    }
  }

  /** Every operation. */
  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    for (long seed = 0; seed < 12; seed++) {
      Seeded r = new Seeded(seed);
      cases.add(convolution(r, seed, null, false));
      cases.add(convolution(r, seed, ReluRule.GRADIENT, true));
      cases.add(dense(r, seed, r.oneOf(null, ReluRule.GRADIENT), r.coin()));
      Sliding sliding = pooling(r);
      Shape image = image(r, sliding);
      cases.add(linear(new AveragePool2d(sliding), r, seed, image));
      cases.add(spread(new MaxPool2d(sliding), r, seed, image));
      cases.add(
          linear(
              new Resample(
                  Interpolation.values()[(int) seed % Interpolation.values().length],
                  r.between(1, 8),
                  r.between(1, 8)),
              r,
              seed,
              image));
      cases.add(linear(new Warp(affine(r)), r, seed, image));
      cases.add(linear(new Crop(0, image.dim(2) / 3, image.dim(1) / 2, 0), r, seed, image));
      cases.add(linear(new Pad(r.between(0, 2), 1, 0, r.between(0, 3), 0), r, seed, image));
      cases.add(batchNorm(r, seed, image));
      cases.add(spread(new Softmax(), r, seed, r.coin() ? image : Shape.of(r.between(1, 3), 5)));
      cases.add(spread(new Relu(), r, seed, image));
      cases.add(spread(new GlobalPool2d(Reduction.MAX, r.coin()), r, seed, image));
      cases.add(linear(new GlobalPool2d(Reduction.MEAN, r.coin()), r, seed, image));
      cases.add(concat(r, seed));
      arithmetic(cases, r, seed);
      reductions(cases, r, seed);
      cases.add(transposed(r, seed, r.coin()));
      cases.add(linear(upsample(r), r, seed, image));
      cases.add(linear(new MoveAxis(r.between(1, 3), r.between(1, 3)), r, seed, image));
      cases.add(linear(new Slice(r.oneOf(0, 1, -1), 0, 1), r, seed, image));
      cases.add(linear(new Slice(-2, image.dim(2) / 2, 1), r, seed, image));
      cases.add(prelu(r, seed, image));
      Shape rows = r.coin() ? image : Shape.of(2, 7);
      cases.add(drawn(new Sparsemax(), r, seed, List.of(rows), 1, false));
    }
    Shape small = Shape.of(2, 3, 1, 2);
    Seeded r = new Seeded(99);
    cases.add(spread(new Pad(1, 0, 2, 1, 3.5), r, 99, small));
    cases.add(linear(Reshape.flatten(), r, 99, small));
    cases.add(linear(new Reshape(List.of(2, -1)), r, 99, small));
    cases.add(linear(new Identity("Dropout"), r, 99, small));
    functions(cases, r);
    return cases;
  }

  static Case convolution(Seeded r, long seed, ReluRule relu, boolean bias) {
    int groups = r.oneOf(1, 1, 2, 3);
    int in = groups * r.between(1, 2);
    int out = groups * r.between(1, 2);
    Sliding sliding =
        switch (r.between(0, 2)) {
          case 0 ->
              Sliding.valid(r.between(1, 3), r.between(1, 3), r.between(1, 2), r.between(1, 3));
          case 1 ->
              Sliding.same(r.between(1, 4), r.between(1, 3), r.between(1, 3), r.between(1, 2));
          default ->
              new Sliding(
                  new Window(2, 3, r.between(1, 2), 1, 2, r.between(1, 2), 1, 0, 0, 2), false);
        };
    Shape x = image(r, sliding).with(3, in);
    Window w = sliding.window();
    List<Shape> shapes = new ArrayList<>();
    shapes.add(x);
    shapes.add(Shape.of(w.kernelH(), w.kernelW(), in / groups, out));
    if (bias) {
      shapes.add(Shape.of(out));
    }
    Op op = new Conv2d(sliding, groups, relu);
    return drawn(op, r, seed, shapes, shapes.size(), relu == null && !bias);
  }

  static Case dense(Seeded r, long seed, ReluRule relu, boolean bias) {
    int in = r.between(1, 5);
    int out = r.between(1, 4);
    List<Shape> shapes = new ArrayList<>(List.of(Shape.of(r.between(1, 3), in), Shape.of(in, out)));
    if (bias) {
      shapes.add(Shape.of(out));
    }
    return drawn(new Dense(relu), r, seed, shapes, shapes.size(), relu == null && !bias);
  }

  private static Case batchNorm(Seeded r, long seed, Shape x) {
    Shape c = Shape.of(x.dim(3));
    List<Shape> shapes = List.of(x, c, c, c, c);
    Case drawn = drawn(new BatchNorm(1e-3), r, seed, shapes, 3, false);
    drawn.inputs().set(4, r.uniform(c, 0.2, 2)); // a variance is positive
    return drawn;
  }

  private static Case concat(Seeded r, long seed) {
    int axis = r.oneOf(-1, 0, 1, 3);
    Shape first = Shape.of(r.between(1, 2), r.between(1, 3), r.between(1, 3), r.between(1, 3));
    List<Shape> shapes =
        IntStream.range(0, r.between(1, 4)).mapToObj(i -> first.with(axis, i + 1)).toList();
    return drawn(new Concat(axis), r, seed, shapes, shapes.size(), false);
  }

  private static void arithmetic(List<Case> cases, Seeded r, long seed) {
    List<Binary> kinds =
        List.of(
            Binary.ADD,
            Binary.SUBTRACT,
            Binary.MULTIPLY,
            Binary.DIVIDE,
            Binary.MAXIMUM,
            Binary.MINIMUM);
    Shape full = Shape.of(2, r.between(1, 3), 2, r.between(1, 3));
    Shape other =
        r.oneOf(
            full,
            Shape.of(full.dim(3)),
            Shape.of(),
            Shape.of(1, full.dim(1), 1, 1),
            Shape.of(2, 1, 1, full.dim(3)));
    for (Binary kind : kinds) {
      List<Shape> shapes = r.coin() ? List.of(full, other) : List.of(other, full);
      if (r.coin()) { // both are repeated
        shapes = List.of(Shape.of(2, 1, 3), Shape.of(4, 1));
      }
      double low = kind == Binary.DIVIDE ? 0.5 : -1;
      List<double[]> inputs = new ArrayList<>();
      shapes.forEach(s -> inputs.add(r.spread(s, low, 1.5)));
      cases.add(new Case(new Arithmetic(kind), shapes, inputs, 2, false, seed));
    }
  }

  private static void reductions(List<Case> cases, Seeded r, long seed) {
    Shape x = Shape.of(r.between(1, 2), r.between(1, 4), r.between(1, 4), r.between(1, 3));
    List<Integer> axes = r.oneOf(List.of(1, 2), List.of(3), List.of(0, 1, 2), List.of(0, 1, 2, 3));
    cases.add(linear(new Reduce(Reduction.SUM, axes), r, seed, x));
    cases.add(linear(new Reduce(Reduction.MEAN, axes), r, seed, x));
    cases.add(spread(new Reduce(Reduction.MAX, axes), r, seed, x));
    cases.add(linear(new GlobalPool2d(Reduction.MEAN, seed % 2 == 0), r, seed, x));
    cases.add(spread(new GlobalPool2d(Reduction.MAX, seed % 2 == 1), r, seed, x));
  }

  private static void functions(List<Case> cases, Seeded r) {
    Shape x = Shape.of(3, 7);
    for (Unary kind : Unary.values()) {
      if (kind == Unary.RELU) {
        continue;
      }
      boolean positive = List.of(Unary.LOG, Unary.SQRT, Unary.POWER).contains(kind);
      Op op =
          switch (kind) {
            case LINEAR -> new Elementwise(kind, -1.7, 0.3);
            case LEAKY_RELU -> new Elementwise(kind, 0.3, 0);
            case ELU -> new Elementwise(kind, 0.7, 0);
            case CLIP -> new Elementwise(kind, -0.8, 1.2);
            case STEP -> new Elementwise(kind, 0.5, 0);
            case POWER -> new Elementwise(kind, 1.6, 0);
            default -> new Elementwise(kind);
          };
      List<double[]> input = List.of(r.spread(x, positive ? 0.3 : -3, 3));
      cases.add(new Case(op, List.of(x), input, 1, false, 99));
    }
    for (ActivationFunction function : ActivationFunction.values()) {
      cases.add(spread(function, r, 99, Shape.of(2, 3, 5)));
    }
    cases.add(spread(new CappedRelu(1.2), r, 99, x));
    cases.add(spread(new BentRelu(0.2, 1.3, 0.4), r, 99, x));
    cases.add(spread(new BentRelu(0, Double.POSITIVE_INFINITY, -0.4), r, 99, x));
    cases.add(spread(new Glu(), r, 99, Shape.of(2, 3, 6)));
  }

  private static Case transposed(Seeded r, long seed, boolean bias) {
    int kh = r.between(1, 4);
    int kw = r.between(1, 3);
    int strideH = r.between(1, 3);
    int strideW = r.between(1, 2);
    boolean same = r.coin();
    Window window = new Window(kh, kw, strideH, strideW, 1, r.between(1, 2), 0, 0, 0, 0);
    boolean said = !same && r.coin();
    Op op =
        new ConvTranspose2d(
            new Sliding(window, same),
            said ? r.between(0, strideH - 1) : -1,
            said ? r.between(0, strideW - 1) : -1);
    int in = r.between(1, 3);
    int out = r.between(1, 3);
    List<Shape> shapes = new ArrayList<>();
    shapes.add(Shape.of(r.between(1, 2), r.between(1, 4), r.between(1, 4), in));
    shapes.add(Shape.of(kh, kw, out, in));
    if (bias) {
      shapes.add(Shape.of(out));
    }
    return drawn(op, r, seed, shapes, shapes.size(), !bias);
  }

  private static Op upsample(Seeded r) {
    Interpolation filter =
        r.oneOf(Interpolation.NEAREST, Interpolation.BILINEAR, Interpolation.BICUBIC_ANTIALIASED);
    return new Upsample(filter, r.between(1, 3), r.between(1, 3));
  }

  private static Case prelu(Seeded r, long seed, Shape x) {
    Shape alpha = r.coin() ? Shape.of(1, 1, x.dim(3)) : Shape.of(x.dim(1), 1, x.dim(3));
    List<double[]> inputs = List.of(r.spread(x, -2, 2), r.uniform(alpha, -0.5, 1));
    return new Case(new PRelu(), List.of(x, alpha), inputs, 2, false, seed);
  }

  private static Case linear(Op op, Seeded r, long seed, Shape x) {
    return drawn(op, r, seed, List.of(x), 1, true);
  }

  private static Case spread(Op op, Seeded r, long seed, Shape x) {
    return new Case(op, List.of(x), List.of(r.spread(x, -2, 2)), 1, false, seed);
  }

  private static Case drawn(
      Op op, Seeded r, long seed, List<Shape> shapes, int differentiable, boolean linear) {
    List<double[]> inputs = new ArrayList<>();
    shapes.forEach(s -> inputs.add(r.uniform(s, -1, 1)));
    return new Case(op, shapes, inputs, differentiable, linear, seed);
  }

  private static Sliding pooling(Seeded r) {
    int kh = r.between(1, 3);
    int kw = r.between(1, 3);
    return r.coin()
        ? Sliding.valid(kh, kw, r.between(1, 3), r.between(1, 3))
        : Sliding.same(kh, kw, r.between(1, 3), r.between(1, 3));
  }

  /** From the smallest image that the window fits, often one pixel, to a few pixels more. */
  static Shape image(Seeded r, Sliding sliding) {
    Window w = sliding.window();
    int h = sliding.same() ? 1 : Math.max(1, w.spanH() - w.padTop() - w.padBottom());
    int width = sliding.same() ? 1 : Math.max(1, w.spanW() - w.padLeft() - w.padRight());
    return Shape.of(r.between(1, 2), h + r.between(0, 4), width + r.between(0, 4), r.between(1, 3));
  }

  private static Affine affine(Seeded r) {
    return new Affine(
        r.between(0.7, 1.3),
        r.between(-0.3, 0.3),
        r.between(-1.0, 1.0),
        r.between(-0.3, 0.3),
        r.between(0.7, 1.3),
        r.between(-1.0, 1.0));
  }
}
