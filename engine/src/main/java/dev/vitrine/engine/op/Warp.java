package dev.vitrine.engine.op;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Affine;
import java.util.List;

/** Warps {@code [n, h, w, c]} by an affine map; linear, so is its gradient. */
public record Warp(Affine affine) implements Op {

  @Override
  public Shape shape(List<Shape> inputs) {
    return Operands.onlyImages(this, inputs);
  }

  @Override
  public Tensor forward(Node n) {
    Tensor y = n.makeOutput();
    n.backend().warp(affine, n.in(0), y.buffer());
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    Tensor out = n.make(n.input(0).shape());
    n.backend().warpBackward(affine, g.buffer(), out.buffer());
    return out;
  }
}
