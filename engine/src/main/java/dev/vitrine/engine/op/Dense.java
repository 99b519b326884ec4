package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.PostOp;
import java.util.List;

/**
 * A dense layer, {@code y = x W + b}. Inputs: {@code x [n, in]}, {@code W [in, out]}, {@code b
 * [out]} or none. With {@code g} the gradient at the output: {@code g W'} at x, {@code x' g} at W,
 * the sum of g over the rows at b.
 *
 * @param relu the rule of the ReLU that is fused into the layer, or null for none
 */
public record Dense(ReluRule relu) implements Op {

  /** A dense layer without ReLU. */
  public Dense() {
    this(null);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Operands.count(this, inputs, 2, 3);
    Shape x = inputs.get(0);
    Shape w = inputs.get(1);
    if (x.rank() != 2 || w.rank() != 2 || x.dim(1) != w.dim(0)) {
      throw new IllegalArgumentException("weights " + w + " do not fit rows " + x);
    }
    Operands.bias(this, inputs, 2, w.dim(1));
    return Shape.of(x.dim(0), w.dim(1));
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    Buffer bias = n.inputs().size() > 2 ? n.in(2) : null;
    PostOp post = relu == null ? PostOp.NONE : PostOp.RELU;
    n.backend().matmul(n.in(0), false, n.in(1), false, bias, post, y.buffer());
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

  private static Tensor linearGradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(i).shape());
    switch (i) {
      case 0 ->
          n.backend().matmul(g.buffer(), false, n.in(1), true, null, PostOp.NONE, out.buffer());
      case 1 ->
          n.backend().matmul(n.in(0), true, g.buffer(), false, null, PostOp.NONE, out.buffer());
      default -> Reduce.sumToVector(g, out);
    }
    return out;
  }

  @Override
  public Op under(ReluRule rule) {
    return relu == null || relu == rule ? this : new Dense(rule);
  }

  @Override
  public boolean hasRelu() {
    return relu != null;
  }
}
