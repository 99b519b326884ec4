package dev.vitrine.engine.op;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import java.util.List;

/** What operations check of their inputs, weights included. */
final class Operands {
  private Operands() {}

  /** As many as the operation takes. */
  static void count(Op op, List<Shape> inputs, int least, int most) {
    if (inputs.size() < least || inputs.size() > most) {
      throw new IllegalArgumentException(
          "%s takes %s input(s), weights included, not the %d given: %s"
              .formatted(
                  op.type(), least == most ? least : least + " to " + most, inputs.size(), inputs));
    }
  }

  /** The only input. */
  static Shape only(Op op, List<Shape> inputs) {
    count(op, inputs, 1, 1);
    return inputs.get(0);
  }

  /** The only input, images. */
  static Shape onlyImages(Op op, List<Shape> inputs) {
    return images(op, only(op, inputs));
  }

  /** Images {@code [n, h, w, c]}. */
  static Shape images(Op op, Shape x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(op.type() + " takes images [n, h, w, c], not " + x);
    }
    return x;
  }

  /** One number per output channel, if there is an input at that place. */
  static void bias(Op op, List<Shape> inputs, int at, int channels) {
    if (inputs.size() > at && !inputs.get(at).is(channels)) {
      throw new IllegalArgumentException(
          "%s has bias %s, its %d outputs need [%d]"
              .formatted(op.type(), inputs.get(at), channels, channels));
    }
  }
}
