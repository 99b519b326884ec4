package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.util.List;

/**
 * The transpose of a convolution (Zeiler et al., Deconvolutional Networks, 2010): what {@link
 * Conv2d} sends back to its images, and a bias. Inputs: {@code x [n, h, w, in]}, {@code kernel [kh,
 * kw, out, in]}, which is Keras' order and that of the convolution from {@code out} to {@code in}
 * channels, and {@code bias [out]} or none; output {@code [n, oh, ow, out]}.
 *
 * @param sliding the window of the convolution that this is the transpose of
 * @param extraH rows by which the output is larger than the smallest that gives {@code h} rows, or
 *     -1 for Keras' default: {@code h * stride}, and for {@code valid} what the window overlaps
 * @param extraW columns
 */
public record ConvTranspose2d(Sliding sliding, int extraH, int extraW) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 2, 3);
    Shape x = Operands.images(this, inputs.get(0));
    Shape kernel = inputs.get(1);
    Window w = sliding.window();
    if (kernel.rank() != 4
        || kernel.dim(0) != w.kernelH()
        || kernel.dim(1) != w.kernelW()
        || kernel.dim(3) != x.dim(3)) {
      throw new IllegalArgumentException(
          "kernel %s does not fit images %s and a window of %s".formatted(kernel, x, sliding));
    }
    Operands.bias(this, inputs, 2, kernel.dim(2));
    int h = extent(x.dim(1), w.strideH(), w.spanH(), extraH);
    int width = extent(x.dim(2), w.strideW(), w.spanW(), extraW);
    Shape y = Shape.of(x.dim(0), Math.max(h, 0), Math.max(width, 0), kernel.dim(2));
    if (h < 1 || width < 1 || !sliding.output(y, x.dim(3)).equals(x)) {
      throw new IllegalArgumentException(
          "no convolution makes %s of %s, with output paddings of %d and %d"
              .formatted(x, y, extraH, extraW));
    }
    return y;
  }

  private int extent(int x, int stride, int span, int extra) {
    if (extra < 0) {
      return sliding.same() ? x * stride : x * stride + Math.max(span - stride, 0);
    }
    return (x - 1) * stride + (sliding.same() ? span % 2 : span) + extra;
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    if (n.inputs().size() < 3) {
      n.backend().convolutionBackwardData(on(y), n.in(0), n.in(1), y.buffer());
      return y;
    }
    try (Tensor linear = n.make(y.shape())) {
      n.backend().convolutionBackwardData(on(y), n.in(0), n.in(1), linear.buffer());
      n.backend().binary(Binary.ADD, linear.buffer(), n.in(2), y.buffer());
    }
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(i).shape());
    switch (i) {
      case 0 ->
          n.backend().convolution(on(g), g.buffer(), n.in(1), null, PostOp.NONE, out.buffer());
      case 1 -> n.backend().convolutionBackwardWeights(on(g), g.buffer(), n.in(0), out.buffer());
      default -> Reduce.sumToVector(g, out);
    }
    return out;
  }

  /** The convolution of images of the output's size. */
  private Convolution on(Tensor y) {
    return new Convolution(sliding.on(y.shape()), 1);
  }
}
