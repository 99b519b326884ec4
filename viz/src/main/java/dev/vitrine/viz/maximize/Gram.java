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
 * Which channels answer together: {@code G = X' X} of each image's map {@code X [h * w, c]}, as a
 * row {@code [n, c * c]}. With {@code D} the gradient at G: {@code X (D + D')} at X.
 */
record Gram() implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          "a Gram matrix is that of a map [n, h, w, c], not of " + x);
    }
    return Shape.of(x.dim(0), x.dim(3) * x.dim(3));
  }

  @Override
  public Tensor forward(Node n) {
    Backend b = n.backend();
    Shape x = n.input(0).shape();
    Tensor y = n.makeOutput();
    try (Scope room = new Scope(b)) {
      List<Buffer> grams = new ArrayList<>();
      for (int i = 0; i < x.dim(0); i++) {
        Tensor map = map(room, n.input(0), i);
        Tensor gram = room.make(Shape.of(x.dim(3), x.dim(3)));
        b.matmul(map.buffer(), true, map.buffer(), false, null, PostOp.NONE, gram.buffer());
        grams.add(gram.view(Shape.of(1, x.dim(3) * x.dim(3))).buffer());
      }
      b.concat(grams, 0, y.buffer());
    }
    return y;
  }

  @Override
  public Tensor gradient(Node n, Tensor g, int input) {
    Backend b = n.backend();
    Shape x = n.input(0).shape();
    Tensor out = n.make(x);
    try (Scope room = new Scope(b)) {
      List<Buffer> maps = new ArrayList<>();
      for (int i = 0; i < x.dim(0); i++) {
        Tensor map = map(room, n.input(0), i);
        Tensor row = room.make(g.shape().with(0, 1));
        b.slice(g.buffer(), new int[] {i, 0}, row.buffer());
        Buffer d = row.view(Shape.of(x.dim(3), x.dim(3))).buffer();
        Tensor plain = room.make(map.shape());
        Tensor turned = room.make(map.shape());
        Tensor sum = room.make(map.shape());
        b.matmul(map.buffer(), false, d, false, null, PostOp.NONE, plain.buffer());
        b.matmul(map.buffer(), false, d, true, null, PostOp.NONE, turned.buffer());
        b.binary(Binary.ADD, plain.buffer(), turned.buffer(), sum.buffer());
        maps.add(sum.view(x.with(0, 1)).buffer());
      }
      b.concat(maps, 0, out.buffer());
    }
    return out;
  }

  /** One image's map, {@code [h * w, c]}. */
  private static Tensor map(Scope room, Tensor x, int i) {
    Shape shape = x.shape();
    Tensor one = room.make(shape.with(0, 1));
    x.backend().slice(x.buffer(), new int[] {i, 0, 0, 0}, one.buffer());
    return one.view(Shape.of(shape.dim(1) * shape.dim(2), shape.dim(3)));
  }
}
