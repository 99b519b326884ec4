package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Network;

/**
 * What a method explains: the value of an objective for one input of a network.
 *
 * @param shape {@code [1, h, w, c]}
 * @param input row-major, preprocessed, in the network's channel order
 */
public record Subject(Network network, Shape shape, float[] input, Objective objective) {

  /** Checks that there is one input and that it has the shape's size. */
  public Subject {
    if (shape.rank() != 4 || shape.dim(0) != 1 || shape.size() != input.length) {
      throw new IllegalArgumentException(
          "%d numbers of shape %s, expected those of one image [1, h, w, c]"
              .formatted(input.length, shape));
    }
  }

  /** Rows of the input. */
  public int height() {
    return shape.dim(1);
  }

  /** Columns of the input. */
  public int width() {
    return shape.dim(2);
  }

  /** Channels of the input. */
  public int channels() {
    return shape.dim(3);
  }

  /** The largest less the smallest number of the input. */
  public double range() {
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : input) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return (double) high - low;
  }
}
