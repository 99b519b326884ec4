package dev.vitrine.viz.structure;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a weight's numbers are spread.
 *
 * @param name what the weight is called in its layer: kernel, bias, gamma, ...
 * @param size how many numbers there are
 * @param min the smallest that is finite
 * @param max the largest that is finite
 * @param zeros how many are exactly zero
 * @param wild how many are not finite
 * @param bins how many lie in each of equal parts of {@code min..max}, exact zeros left out: in a
 *     network that was pruned they would dwarf the rest
 */
public record WeightHistogram(
    String name,
    long size,
    double min,
    double max,
    double mean,
    double deviation,
    long zeros,
    long wild,
    long[] bins) {
  private static final int BINS = 32;
  private static final int SLICE = 1 << 16;

  /** The histograms of every layer that has weights, by the layer's name. */
  public static Map<String, List<WeightHistogram>> of(Network network) {
    Map<String, List<WeightHistogram>> all = new HashMap<>();
    for (Layer layer : network.layers()) {
      if (!layer.parameters().isEmpty()) {
        all.put(layer.name(), layer.parameters().stream().map(WeightHistogram::of).toList());
      }
    }
    return all;
  }

  /** Reads a weight twice, in slices. */
  static WeightHistogram of(Parameter parameter) {
    double[] range = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
    double[] sums = new double[2];
    long[] counts = new long[2];
    each(
        parameter.value(),
        v -> {
          if (!Double.isFinite(v)) {
            counts[1]++;
            return;
          }
          range[0] = Math.min(range[0], v);
          range[1] = Math.max(range[1], v);
          sums[0] += v;
          sums[1] += v * v;
          counts[0] += v == 0 ? 1 : 0;
        });
    long size = parameter.value().shape().size();
    long finite = size - counts[1];
    double min = finite == 0 ? 0 : range[0];
    double max = finite == 0 ? 0 : range[1];
    long[] bins = new long[BINS];
    double scale = max > min ? BINS / (max - min) : 0;
    each(
        parameter.value(),
        v -> {
          if (Double.isFinite(v) && v != 0) {
            bins[Math.min(BINS - 1, (int) ((v - min) * scale))]++;
          }
        });
    double mean = finite == 0 ? 0 : sums[0] / finite;
    double variance = finite == 0 ? 0 : Math.max(0, sums[1] / finite - mean * mean);
    String name = parameter.name().substring(parameter.name().lastIndexOf('/') + 1);
    return new WeightHistogram(
        name, size, min, max, mean, Math.sqrt(variance), counts[0], counts[1], bins);
  }

  private interface Visitor {
    void visit(double value);
  }

  private static void each(Tensor tensor, Visitor visitor) {
    long size = tensor.shape().size();
    double[] slice = new double[(int) Math.min(size, SLICE)];
    for (long at = 0; at < size; at += slice.length) {
      int count = (int) Math.min(slice.length, size - at);
      tensor.backend().download(tensor.buffer(), at, slice, 0, count);
      for (int i = 0; i < count; i++) {
        visitor.visit(slice[i]);
      }
    }
  }

  /** One line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %,d numbers, %.3g to %.3g, mean %.3g, deviation %.3g%s%s",
        name,
        size,
        min,
        max,
        mean,
        deviation,
        zeros == 0 ? "" : String.format(Locale.ROOT, ", %.1f %% zero", 100.0 * zeros / size),
        wild == 0 ? "" : String.format(Locale.ROOT, ", %,d not finite", wild));
  }
}
