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

  /** This unit with its position worked out, where it is the first image's map's maximum. */
  public Unit resolved(Run run) {
    if (!(place instanceof Place.Max)) {
      return this;
    }
    Tensor map = run.output(layer);
    int channels = channels(map.shape());
    int each = Math.toIntExact(map.shape().size() / map.shape().dim(0));
    int[] at = at(map.shape(), argmax(map.toDoubles(), channel, each, channels));
    return at(layer, channel, at[0], at[1]);
  }

  @Override
  public double[] values(Run run) {
    double[] maps = run.output(layer).toDoubles();
    double[] weights = weights(run);
    double[] values = new double[run.output(layer).shape().dim(0)];
    int each = maps.length / values.length;
    for (int i = 0; i < maps.length; i++) {
      values[i / each] += weights[i] == 0 ? 0 : weights[i] * maps[i];
    }
    return values;
  }

  @Override
  public Tensor seed(Run run) {
    return run.scope().of(run.output(layer).shape(), weights(run));
  }

  private double[] weights(Run run) {
    Shape shape = run.output(layer).shape();
    int channels = channels(shape);
    if (channel < 0 || channel >= channels) {
      throw new IllegalArgumentException(
          "layer %s has no channel %d: it has 0 to %d".formatted(layer, channel, channels - 1));
    }
    double[] weights = new double[Math.toIntExact(shape.size())];
    int each = weights.length / shape.dim(0);
    double[] maps = place instanceof Place.Max ? run.output(layer).toDoubles() : null;
    for (int from = 0; from < weights.length; from += each) {
      if (place instanceof Place.At p) {
        weights[from + offset(shape, p)] = 1;
      } else if (maps != null) {
        weights[argmax(maps, from + channel, from + each, channels)] = 1;
      } else {
        for (int i = from + channel; i < from + each; i += channels) {
          weights[i] = (double) channels / each;
        }
      }
    }
    return weights;
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
