package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Reduce;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Slice;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A layer's channels weighed and added up: the mean over the map, or the value at one position. A
 * channel, a class' logit and a neuron are directions with one weight.
 *
 * @param layer a layer with output {@code [n, h, w, c]} or {@code [n, c]}
 * @param weights of the channels that count: one list for all images, or one for each
 * @param place where on the map
 */
public record Direction(String layer, List<List<Weight>> weights, Place place) implements Goal {

  /** A channel, from 0, and what it counts. */
  public record Weight(int channel, double weight) {}

  /** Where on a map: its mean, its centre (row {@code h / 2}, column {@code w / 2}), or a pixel. */
  public sealed interface Place {
    /** The mean over the map. */
    record Mean() implements Place {}

    /** The middle of the map: lucid's neuron. */
    record Centre() implements Place {}

    /** One position, from 0. */
    record At(int y, int x) implements Place {}
  }

  /** The mean of a channel's map. */
  public static Direction channel(String layer, int channel) {
    return channel(layer, channel, new Place.Mean());
  }

  /** A channel at a place: a neuron. */
  public static Direction channel(String layer, int channel, Place place) {
    return new Direction(layer, List.of(List.of(new Weight(channel, 1))), place);
  }

  /** The mean over the map of the product with a vector {@code [c]}. */
  public static Direction of(String layer, float[] vector) {
    List<Weight> weights =
        IntStream.range(0, vector.length)
            .filter(c -> vector[c] != 0)
            .mapToObj(c -> new Weight(c, vector[c]))
            .toList();
    return new Direction(layer, List.of(weights), new Place.Mean());
  }

  /** A feature for each image, its mean over the map. */
  public static Direction each(List<Feature> features) {
    return each(features, new Place.Mean());
  }

  /**
   * A feature for each image.
   *
   * @throws IllegalArgumentException if the features are of several layers
   */
  public static Direction each(List<Feature> features, Place place) {
    List<String> layers = features.stream().map(Feature::layer).distinct().toList();
    if (layers.size() != 1) {
      throw new IllegalArgumentException(
          "features of the layers " + layers + ", expected those of one");
    }
    List<List<Weight>> weights = new ArrayList<>();
    features.forEach(f -> weights.add(List.of(new Weight(f.channel(), f.negative() ? -1 : 1))));
    return new Direction(layers.get(0), weights, place);
  }

  @Override
  public Set<String> layers() {
    return Set.of(layer);
  }

  @Override
  public Tensor value(Scene scene) {
    Tensor output = scene.output(layer);
    int channels = output.shape().dim(-1);
    Range range = range(channels);
    // Of a layer's hundreds of channels only those that may count are read.
    Tensor cut =
        range.size() == channels
            ? output
            : scene.apply(new Slice(-1, range.from(), range.size()), output);
    Tensor folded = cut.shape().rank() == 4 ? placed(scene, cut) : cut; // [n, (1, 1,) c]
    Shape shape = folded.shape().with(0, weights.size());
    Tensor weighed =
        scene.apply(
            new Arithmetic(Binary.MULTIPLY), folded, scene.constant(this, shape, vectors(range)));
    Tensor sum = scene.apply(new Reduce(Reduction.SUM, shape.rank() - 1), weighed);
    return scene.apply(new Reshape(List.of(1)), sum);
  }

  private Tensor placed(Scene scene, Tensor map) {
    int h = map.shape().dim(1);
    int w = map.shape().dim(2);
    if (place instanceof Place.Mean) {
      return scene.apply(new Reduce(Reduction.MEAN, 1, 2), map);
    }
    int y = place instanceof Place.At at ? at.y() : h / 2;
    int x = place instanceof Place.At at ? at.x() : w / 2;
    if (y < 0 || y >= h || x < 0 || x >= w) {
      throw new IllegalArgumentException(
          "layer %s has no position %d,%d: its map is %d by %d".formatted(layer, y, x, h, w));
    }
    return scene.apply(new Slice(2, x, 1), scene.apply(new Slice(1, y, 1), map));
  }

  /** The channels {@code from .. to - 1}. */
  private record Range(int from, int to) {
    int size() {
      return to - from;
    }
  }

  /** From the first channel that has a weight to the last one. */
  private Range range(int channels) {
    int from = channels;
    int to = 0;
    for (List<Weight> each : weights) {
      for (Weight w : each) {
        if (w.channel() < 0 || w.channel() >= channels) {
          throw new IllegalArgumentException(
              "layer %s has no channel %d: it has 0 to %d"
                  .formatted(layer, w.channel(), channels - 1));
        }
        from = Math.min(from, w.channel());
        to = Math.max(to, w.channel() + 1);
      }
    }
    return from < to ? new Range(from, to) : new Range(0, channels);
  }

  private double[] vectors(Range range) {
    double[] vectors = new double[weights.size() * range.size()];
    for (int i = 0; i < weights.size(); i++) {
      for (Weight w : weights.get(i)) {
        vectors[i * range.size() + w.channel() - range.from()] = w.weight();
      }
    }
    return vectors;
  }

  @Override
  public String toString() {
    List<Weight> first = weights.get(0);
    String what =
        first.size() == 1
            ? (first.get(0).weight() < 0 ? "-" : "") + layer + ":" + first.get(0).channel()
            : layer + ":" + first.size() + " channels";
    return place instanceof Place.At at
        ? what + "@" + at.y() + "," + at.x()
        : place instanceof Place.Centre ? what + "@centre" : what;
  }
}
