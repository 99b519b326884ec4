package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.util.List;
import java.util.Optional;

/**
 * Two-dimensional convolution, see {@link Convolution} for the formula. Inputs: {@code x [n, h, w,
 * in]}, {@code kernel [kh, kw, in / groups, out]}, and {@code bias [out]} or none; output {@code
 * [n, oh, ow, out]}.
 *
 * <p>With {@code dz} the gradient at the output: at {@code x} it is {@code dz} convolved with the
 * kernel rotated by 180 degrees and its channels swapped, at the kernel the correlation of {@code
 * x} with {@code dz}, at the bias the sum of {@code dz} over images and pixels.
 *
 * @param sliding the window; its kernel extents are the kernel's
 * @param groups how many groups of channels are convolved apart; {@code in} for a depthwise one
 * @param relu the rule of the ReLU that is fused into the convolution, or null for none
 */
public record Conv2d(Sliding sliding, int groups, ReluRule relu) implements Op {

  /** A convolution without groups and ReLU. */
  public Conv2d(Sliding sliding) {
    this(sliding, 1, null);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 2, 3);
    Shape x = Operands.images(this, inputs.get(0));
    Shape kernel = inputs.get(1);
    if (kernel.rank() != 4
        || kernel.dim(0) != sliding.window().kernelH()
        || kernel.dim(1) != sliding.window().kernelW()
        || kernel.dim(2) * groups != x.dim(3)
        || kernel.dim(3) % groups != 0) {
      throw new IllegalArgumentException(
          "kernel %s does not fit images %s and a window of %s in %d group(s)"
              .formatted(kernel, x, sliding, groups));
    }
    Operands.bias(this, inputs, 2, kernel.dim(3));
    return sliding.output(x, kernel.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    Buffer bias = n.inputs().size() > 2 ? n.in(2) : null;
    PostOp post = relu == null ? PostOp.NONE : PostOp.RELU;
    n.backend().convolution(on(n.input(0).shape()), n.in(0), n.in(1), bias, post, y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    if (relu != null) {
      try (Tensor before = Relu.back(relu, n, g)) {
        return linearGradient(n, before, i);
      }
    }
    return linearGradient(n, g, i);
  }

  private Tensor linearGradient(Node n, Tensor dz, int i) {
    Tensor out = n.make(n.input(i).shape());
    Convolution c = on(n.input(0).shape());
    switch (i) {
      case 0 -> n.backend().convolutionBackwardData(c, dz.buffer(), n.in(1), out.buffer());
      case 1 -> n.backend().convolutionBackwardWeights(c, n.in(0), dz.buffer(), out.buffer());
      default -> Reduce.sumToVector(dz, out);
    }
    return out;
  }

  private Convolution on(Shape x) {
    return new Convolution(sliding.on(x), groups);
  }

  @Override
  public Op under(ReluRule rule) {
    return relu == null || relu == rule ? this : withRelu(rule);
  }

  /** This convolution followed by a ReLU under the given rule. */
  public Conv2d withRelu(ReluRule rule) {
    return new Conv2d(sliding, groups, rule);
  }

  /**
   * This convolution with a frame as its own padding, for images that have not been framed; empty
   * if the frame is not of zeros or the padding follows the image.
   */
  public Optional<Conv2d> withPadding(Pad frame) {
    Window w = sliding.window();
    if (frame.value() != 0 || sliding.same()) {
      return Optional.empty();
    }
    Window wider =
        w.padded(
            w.padTop() + frame.top(),
            w.padLeft() + frame.left(),
            w.padBottom() + frame.bottom(),
            w.padRight() + frame.right());
    return Optional.of(new Conv2d(new Sliding(wider, false), groups, relu));
  }

  @Override
  public boolean hasRelu() {
    return relu != null;
  }
}
