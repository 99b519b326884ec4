package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a layer made of one image.
 *
 * @param values {@code [h, w, channels]}, row-major
 */
public record ChannelMaps(String layer, int h, int w, int channels, float[] values) {

  /**
   * The maps of one run, which must listen to the layer; a layer of numbers alone has maps of one
   * pixel.
   *
   * @throws IllegalArgumentException if the layer's output is not that of one image
   */
  public static ChannelMaps of(Run run, String layer) {
    Tensor output = run.output(layer);
    Shape shape = output.shape();
    if (shape.rank() == 2 && shape.dim(0) == 1) {
      return new ChannelMaps(layer, 1, 1, shape.dim(1), output.toFloats());
    }
    if (shape.rank() != 4 || shape.dim(0) != 1) {
      throw new IllegalArgumentException(
          "layer " + layer + " has output " + shape + ", expected the maps of one image");
    }
    return new ChannelMaps(layer, shape.dim(1), shape.dim(2), shape.dim(3), output.toFloats());
  }

  /** One channel's map, {@code [h, w]}. */
  public float[] map(int channel) {
    float[] map = new float[h * w];
    for (int p = 0; p < map.length; p++) {
      map[p] = values[p * channels + channel];
    }
    return map;
  }

  /** The channels that did not answer: zero at every position. */
  public List<Integer> dead() {
    boolean[] alive = new boolean[channels];
    for (int i = 0; i < values.length; i++) {
      alive[i % channels] |= values[i] != 0;
    }
    return IntStream.range(0, channels).filter(c -> !alive[c]).boxed().toList();
  }

  /** The share of the values that are exactly zero. */
  public double zeros() {
    int zeros = 0;
    for (float value : values) {
      zeros += value == 0 ? 1 : 0;
    }
    return (double) zeros / values.length;
  }

  /** The mean of each channel's map. */
  public double[] means() {
    double[] means = new double[channels];
    for (int i = 0; i < values.length; i++) {
      means[i % channels] += values[i];
    }
    for (int c = 0; c < channels; c++) {
      means[c] /= h * w;
    }
    return means;
  }

  /** The channels of the largest means, largest first; of equal ones the first. */
  public List<Integer> strongest(int n) {
    double[] means = means();
    return IntStream.range(0, channels)
        .boxed()
        .sorted((a, b) -> Double.compare(means[b], means[a]))
        .limit(n)
        .toList();
  }
}
