package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;

/**
 * How Keras sees a tensor that the engine keeps with its channels last.
 *
 * @param kind which of the ways
 * @param image {@code [1, h, w, c]} before it was flattened; null if it was not
 */
record Order(Kind kind, Shape image) {
  enum Kind {
    /** As the engine keeps it. */
    SAME,
    /** The engine's {@code [n, h, w, c]} is Keras' {@code [n, c, h, w]}. */
    CHANNELS_FIRST,
    /** A row of the engine's is in the order h, w, c, Keras' in the order c, h, w. */
    FLAT
  }

  static final Order SAME = new Order(Kind.SAME, null);
  static final Order CHANNELS_FIRST = new Order(Kind.CHANNELS_FIRST, null);

  static Order flat(Shape image) {
    return new Order(Kind.FLAT, image);
  }
}
