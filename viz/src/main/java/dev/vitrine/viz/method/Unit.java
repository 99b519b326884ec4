package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/**
 * A channel of a layer: the mean of its map, or the value at one position, seeded with gradient 1.
 *
 * @param layer a layer with output {@code [n, h, w, c]} or {@code [n, c]}
 * @param channel from 0
 * @param place the mean of the map, its maximum, or a row and column
 */
public record Unit(String layer, int channel, Place place) implements Objective {

  /** Where on a channel's map. */
  public sealed interface Place {
    /** The mean over the map. */
    record Mean() implements Place {}

    /** Where the map is largest, the first in reading order. */
    record Max() implements Place {}

    /** One position, from 0. */
    record At(int y, int x) implements Place {}
  }

  /** The mean of a channel's map. */
  public static Unit mean(String layer, int channel) {
    return new Unit(layer, channel, new Place.Mean());
  }

  /** One unit. */
  public static Unit at(String layer, int channel, int y, int x) {
    return new Unit(layer, channel, new Place.At(y, x));
  }

  /** The largest unit of a channel's map. */
  public static Unit max(String layer, int channel) {
    return new Unit(layer, channel, new Place.Max());
  }

  /** The first image's largest unit of all channels, the first in memory order of several. */
  public static Unit strongest(Run run, String layer) {
    Tensor map = run.output(layer);
    int each = Math.toIntExact(map.shape().size() / map.shape().dim(0));
    int[] at = at(map.shape(), argmax(map.toDoubles(), 0, each, 1));
    return at(layer, at[2], at[0], at[1]);
  }

  @Override
  public Unit resolved(Tensor output) {
    if (!(place instanceof Place.Max)) {
      return this;
    }
    Shape shape = output.shape();
    checkChannel(shape);
    int each = Math.toIntExact(shape.size() / shape.dim(0));
    int[] at = at(shape, argmax(output.toDoubles(), channel, each, channels(shape)));
    return at(layer, channel, at[0], at[1]);
  }

  @Override
  public double[] values(Tensor output) {
    double[] maps = output.toDoubles();
    double[] weights = seed(output.shape());
    double[] values = new double[output.shape().dim(0)];
    int each = maps.length / values.length;
    for (int i = 0; i < maps.length; i++) {
      values[i / each] += weights[i] == 0 ? 0 : weights[i] * maps[i];
    }
    return values;
  }

  @Override
  public double[] seed(Shape output) {
    checkChannel(output);
    if (place instanceof Place.Max) {
      throw new IllegalStateException(this + " has no position yet: resolve it by an output");
    }
    int channels = channels(output);
    double[] seed = new double[Math.toIntExact(output.size())];
    int each = seed.length / output.dim(0);
    for (int from = 0; from < seed.length; from += each) {
      if (place instanceof Place.At p) {
        seed[from + offset(output, p)] = 1;
      } else {
        for (int i = from + channel; i < from + each; i += channels) {
          seed[i] = (double) channels / each;
        }
      }
    }
    return seed;
  }

  private void checkChannel(Shape output) {
    int channels = channels(output);
    if (channel < 0 || channel >= channels) {
      throw new IllegalArgumentException(
          "layer %s has no channel %d: it has 0 to %d".formatted(layer, channel, channels - 1));
    }
  }

  private int offset(Shape shape, Place.At p) {
    int h = shape.rank() == 4 ? shape.dim(1) : 1;
    int w = shape.rank() == 4 ? shape.dim(2) : 1;
    if (p.y() < 0 || p.y() >= h || p.x() < 0 || p.x() >= w) {
      throw new IllegalArgumentException(
          "layer %s has no position %d,%d: its map is %d by %d"
              .formatted(layer, p.y(), p.x(), h, w));
    }
    return (p.y() * w + p.x()) * channels(shape) + channel;
  }

  private static int channels(Shape shape) {
    return shape.dim(-1);
  }

  private static int argmax(double[] values, int from, int to, int step) {
    int best = from;
    for (int i = from; i < to; i += step) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Row, column and channel of an offset. */
  private static int[] at(Shape shape, int offset) {
    int channels = channels(shape);
    int w = shape.rank() == 4 ? shape.dim(2) : 1;
    int pixel = offset / channels;
    return new int[] {pixel / w, pixel % w, offset % channels};
  }

  @Override
  public String toString() {
    String where =
        place instanceof Place.At at
            ? "@" + at.y() + "," + at.x()
            : place instanceof Place.Max ? "@max" : "";
    return layer + ":" + channel + where;
  }
}
