package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.PostOp;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix products on either side of each image: {@code Y = A (S B) + C (S D)}, which with the right
 * matrices is the real part of an inverse Fourier transform. Inputs: {@code S [n, h, k]}, {@code A}
 * and {@code C} {@code [h, h]}, {@code B} and {@code D} {@code [k, m]}; output {@code [n, h, m]}.
 * Linear in S, the only input that has a gradient: {@code (A' g) B' + (C' g) D'}.
 */
record InverseFourier() implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0).with(2, inputs.get(2).dim(1));
  }

  @Override
  public Tensor forward(Node n) {
    Backend b = n.backend();
    Tensor y = n.makeOutput();
    Shape one = Shape.of(y.shape().dim(1), y.shape().dim(2));
    each(
        n.input(0),
        y,
        (room, s, out) -> {
          Tensor first = product(room, b, n.in(1), false, half(room, s, n.in(2), one), false, one);
          Tensor second = product(room, b, n.in(3), false, half(room, s, n.in(4), one), false, one);
          b.binary(Binary.ADD, first.buffer(), second.buffer(), out.buffer());
        });
    return y;
  }

  private static Buffer half(Scope room, Tensor s, Buffer matrix, Shape shape) {
    return product(room, s.backend(), s.buffer(), false, matrix, false, shape).buffer();
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int i) {
    if (i != 0) {
      throw new IllegalStateException("a Fourier transform's matrices are constants");
    }
    Backend b = n.backend();
    Tensor out = n.make(n.input(0).shape());
    Shape wide = Shape.of(g.shape().dim(1), g.shape().dim(2));
    Shape narrow = Shape.of(out.shape().dim(1), out.shape().dim(2));
    each(
        g,
        out,
        (room, one, at) -> {
          Buffer a = product(room, b, n.in(1), true, one.buffer(), false, wide).buffer();
          Buffer c = product(room, b, n.in(3), true, one.buffer(), false, wide).buffer();
          Tensor first = product(room, b, a, false, n.in(2), true, narrow);
          Tensor second = product(room, b, c, false, n.in(4), true, narrow);
          b.binary(Binary.ADD, first.buffer(), second.buffer(), at.buffer());
        });
    return out;
  }

  private static Tensor product(
      Scope room,
      Backend backend,
      Buffer a,
      boolean transposeA,
      Buffer b,
      boolean transposeB,
      Shape shape) {
    Tensor y = room.make(shape);
    backend.matmul(a, transposeA, b, transposeB, null, PostOp.NONE, y.buffer());
    return y;
  }

  private interface Work {
    void on(Scope room, Tensor in, Tensor out);
  }

  /** Works on the matrices of {@code in [n, ., .]} one by one. */
  private static void each(Tensor in, Tensor out, Work work) {
    Backend b = in.backend();
    Shape from = in.shape();
    Shape to = out.shape();
    try (Scope room = new Scope(b)) {
      List<Buffer> done = new ArrayList<>();
      for (int i = 0; i < from.dim(0); i++) {
        Tensor whole = room.make(from.with(0, 1));
        b.slice(in.buffer(), new int[] {i, 0, 0}, whole.buffer());
        Tensor result = room.make(Shape.of(to.dim(1), to.dim(2)));
        work.on(room, whole.view(Shape.of(from.dim(1), from.dim(2))), result);
        done.add(result.view(to.with(0, 1)).buffer());
      }
      b.concat(done, 0, out.buffer());
    }
  }
}
