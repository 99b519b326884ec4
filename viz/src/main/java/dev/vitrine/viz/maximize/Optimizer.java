package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Adam;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.Locale;

/**
 * How images are moved against a gradient.
 *
 * @param kind which formula
 * @param learningRate how far, in the units of the numbers that are moved
 * @param weightDecay of Adam
 */
public record Optimizer(Kind kind, double learningRate, double weightDecay) {

  /** Formulas. */
  public enum Kind {
    /** Kingma and Ba, 2015; see {@link Adam}. */
    ADAM,
    /** {@code x - rate g} */
    SGD,
    /** {@code x - rate g / (rms(g) + 1e-5)}, rms that of each image: as Chollet (2016) ascends. */
    NORMALIZED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final double EPSILON = 1e-5;

  /** Moves one tensor, in place; closing frees what it remembers. */
  interface Mover extends AutoCloseable {
    /** One step of {@code x} downhill. */
    void step(Tensor x, Tensor gradient);

    @Override
    void close();
  }

  /** Begins: Adam remembers what it moved before. */
  Mover on(Backend backend) {
    if (kind == Kind.ADAM) {
      Adam adam = new Adam(backend, learningRate, weightDecay);
      return mover(adam::step, adam::close);
    }
    return mover(this::move, () -> {});
  }

  private interface Step {
    void of(Tensor x, Tensor gradient);
  }

  private static Mover mover(Step step, Runnable close) {
    return new Mover() {
      @Override
      public void step(Tensor x, Tensor gradient) {
        step.of(x, gradient);
      }

      @Override
      public void close() {
        close.run();
      }
    };
  }

  private void move(Tensor x, Tensor gradient) {
    Backend b = x.backend();
    try (Scope room = new Scope(b)) {
      Tensor direction = kind == Kind.SGD ? gradient : normalized(room, gradient);
      Tensor far = room.make(x.shape());
      Tensor moved = room.make(x.shape());
      b.unary(Unary.LINEAR, -learningRate, 0, direction.buffer(), far.buffer());
      b.binary(Binary.ADD, x.buffer(), far.buffer(), moved.buffer());
      b.unary(Unary.LINEAR, 1, 0, moved.buffer(), x.buffer());
    }
  }

  private static Tensor normalized(Scope room, Tensor g) {
    Backend b = g.backend();
    Shape one = g.shape();
    for (int axis = 1; axis < one.rank(); axis++) {
      one = one.with(axis, 1);
    }
    Tensor squares = room.make(g.shape());
    Tensor mean = room.make(one);
    Tensor rms = room.make(one);
    Tensor divisor = room.make(one);
    Tensor normalized = room.make(g.shape());
    b.unary(Unary.SQUARE, 0, 0, g.buffer(), squares.buffer());
    b.reduce(Reduction.MEAN, squares.buffer(), mean.buffer());
    b.unary(Unary.SQRT, 0, 0, mean.buffer(), rms.buffer());
    b.unary(Unary.LINEAR, 1, EPSILON, rms.buffer(), divisor.buffer());
    b.binary(Binary.DIVIDE, g.buffer(), divisor.buffer(), normalized.buffer());
    return normalized;
  }
}
