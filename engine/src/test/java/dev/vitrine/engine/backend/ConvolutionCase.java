package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A convolution with arrays that fit it; printed when it fails. */
record ConvolutionCase(Convolution convolution, Shape x, Shape kernel, Shape y, long seed) {

  static ConvolutionCase of(Convolution c, long seed, int n, int h, int w, int in, int out) {
    Window window = c.window();
    return new ConvolutionCase(
        c,
        Shape.of(n, h, w, in),
        Shape.of(window.kernelH(), window.kernelW(), in / c.groups(), out),
        Shape.of(n, window.outputH(h), window.outputW(w), out),
        seed);
  }

  /** The usual ones of real networks, the corners, then random ones. */
  static List<ConvolutionCase> all() {
    Window same = Window.of(3, 3, 1, 1).padded(1, 1, 1, 1);
    List<ConvolutionCase> cases = new ArrayList<>();
    cases.add(of(new Convolution(same, 1), 1, 1, 9, 9, 32, 16));
    cases.add(of(new Convolution(same, 1), 2, 2, 9, 7, 3, 16));
    cases.add(of(new Convolution(same, 16), 3, 2, 8, 8, 16, 16)); // depthwise
    cases.add(of(new Convolution(same, 8), 4, 1, 7, 7, 8, 24)); // depthwise, multiplier 3
    cases.add(of(new Convolution(Window.of(1, 1, 1, 1), 1), 5, 1, 9, 9, 48, 16));
    cases.add(of(new Convolution(Window.of(7, 7, 2, 2), 1), 6, 1, 23, 23, 3, 8));
    cases.add(of(new Convolution(Window.of(3, 3, 2, 2).padded(0, 0, 1, 1), 1), 7, 1, 8, 8, 5, 8));
    cases.add(of(new Convolution(Window.of(1, 1, 1, 1), 1), 8, 1, 1, 1, 1, 1)); // one pixel
    cases.add(of(new Convolution(same, 1), 9, 1, 1, 1, 3, 4)); // kernel larger than the image
    cases.add(of(new Convolution(Window.of(5, 4, 3, 2).padded(2, 3, 2, 1), 1), 10, 2, 2, 3, 2, 3));
    cases.add(of(new Convolution(Window.of(6, 6, 1, 1), 1), 11, 2, 6, 6, 4, 10)); // whole image
    cases.add(of(new Convolution(Window.of(2, 2, 3, 3), 1), 12, 1, 9, 10, 2, 3)); // gaps and a rest
    cases.add(of(new Convolution(new Window(3, 3, 1, 1, 2, 3, 2, 3, 2, 3), 2), 13, 1, 8, 9, 4, 6));
    for (int seed = 100; seed < 140; seed++) {
      cases.add(random(seed));
    }
    return cases;
  }

  private static ConvolutionCase random(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    while (true) {
      int groups = random.nextInt(1, 4);
      int in = groups * random.nextInt(1, 10);
      if (random.nextInt(5) == 0) {
        groups = in;
      }
      Window window = window(random, 4);
      Convolution convolution = new Convolution(window, groups);
      int h = random.nextInt(1, 11);
      int w = random.nextInt(1, 11);
      if (window.outputH(h) > 0 && window.outputW(w) > 0) {
        int out = groups * random.nextInt(1, 10);
        return of(convolution, seed, random.nextInt(1, 4), h, w, in, out);
      }
    }
  }

  /** A random window; its paddings differ from side to side and are smaller than its span. */
  static Window window(SplittableRandom random, int largestKernel) {
    int kernelH = random.nextInt(1, largestKernel + 1);
    int kernelW = random.nextInt(1, largestKernel + 1);
    int strideH = random.nextInt(1, 4);
    int strideW = random.nextInt(1, 4);
    boolean dilated = random.nextInt(3) == 0;
    Window w =
        new Window(
            kernelH,
            kernelW,
            strideH,
            strideW,
            dilated ? random.nextInt(1, 4) : 1,
            dilated ? random.nextInt(1, 4) : 1,
            0,
            0,
            0,
            0);
    return w.padded(
        random.nextInt(w.spanH()),
        random.nextInt(w.spanW()),
        random.nextInt(w.spanH()),
        random.nextInt(w.spanW()));
  }

  /** Products in one element of the output. */
  long forwardTerms() {
    return (long) kernel.dim(0) * kernel.dim(1) * kernel.dim(2) + 1;
  }

  /** Products, at most, in one element of the input's gradient. */
  long dataTerms() {
    return (long) kernel.dim(0) * kernel.dim(1) * kernel.dim(3) / convolution.groups();
  }

  /** Products, at most, in one element of the kernel's gradient. */
  long weightTerms() {
    return (long) y.dim(0) * y.dim(1) * y.dim(2);
  }

  Comparison.Operation forward(PostOp post) {
    return (b, in, out) ->
        b.convolution(convolution, in[0], in[1], in.length > 2 ? in[2] : null, post, out);
  }

  /** Of gradY and the kernel. */
  Comparison.Operation backwardData() {
    return (b, in, out) -> b.convolutionBackwardData(convolution, in[0], in[1], out);
  }

  /** Of x and gradY. */
  Comparison.Operation backwardWeights() {
    return (b, in, out) -> b.convolutionBackwardWeights(convolution, in[0], in[1], out);
  }
}
