package dev.vitrine.kernels.probe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The places of a direction's output that are compared with the CPU: the corners, where padding
 * matters, and seeded random ones; and what the CPU has there.
 */
final class OutputSample {
  private final long[] offsets;
  private final double[] expected;

  private OutputSample(long[] offsets, double[] expected) {
    this.offsets = offsets;
    this.expected = expected;
  }

  /**
   * @param count places at most; at least 8 are taken where the output has as many
   */
  static OutputSample of(
      ConvolutionShape shape,
      Direction direction,
      TensorLayout layout,
      ConvolutionWitness witness,
      int count,
      long seed) {
    return of(
        extents(shape, direction),
        layout,
        count,
        seed,
        p -> witness.at(direction, p[0], p[1], p[2], p[3]));
  }

  /** A sample of {@code max(convolution + bias, 0)}. */
  static OutputSample ofReluWithBias(
      ConvolutionShape shape,
      TensorLayout layout,
      ConvolutionWitness witness,
      RandomTensor bias,
      int count,
      long seed) {
    return of(
        extents(shape, Direction.FORWARD),
        layout,
        count,
        seed,
        p -> Math.max(0, witness.forward(p[0], p[1], p[2], p[3]) + bias.value(0, p[1], 0, 0)));
  }

  private static OutputSample of(
      int[] size, TensorLayout layout, int count, long seed, ToDoubleFunction<int[]> value) {
    List<int[]> places = places(size, Math.max(8, count), seed);
    return new OutputSample(
        places.stream()
            .mapToLong(p -> layout.offset(p[0], p[1], p[2], p[3], size[1], size[2], size[3]))
            .toArray(),
        places.parallelStream().mapToDouble(value).toArray());
  }

  private static int[] extents(ConvolutionShape s, Direction direction) {
    return switch (direction) {
      case FORWARD -> new int[] {s.batch(), s.filters(), s.outputHeight(), s.outputWidth()};
      case DATA -> new int[] {s.batch(), s.channels(), s.height(), s.width()};
      case WEIGHTS -> new int[] {s.filters(), s.channels(), s.kernel(), s.kernel()};
    };
  }

  private static List<int[]> places(int[] size, int count, long seed) {
    Set<List<Integer>> places = new LinkedHashSet<>();
    for (int corner = 0; corner < 8; corner++) {
      int image = (corner & 4) == 0 ? 0 : size[0] - 1;
      int channel = (corner & 4) == 0 ? 0 : size[1] - 1;
      int row = (corner & 2) == 0 ? 0 : size[2] - 1;
      int column = (corner & 1) == 0 ? 0 : size[3] - 1;
      places.add(List.of(image, channel, row, column));
    }
    long draws = 20L * count;
    for (long draw = 0; draw < draws && places.size() < count; draw++) {
      long d = draw * 4;
      places.add(
          List.of(
              pick(seed, d, size[0]),
              pick(seed, d + 1, size[1]),
              pick(seed, d + 2, size[2]),
              pick(seed, d + 3, size[3])));
    }
    List<int[]> result = new ArrayList<>();
    places.forEach(p -> result.add(p.stream().mapToInt(Integer::intValue).toArray()));
    return result;
  }

  private static int pick(long seed, long index, int bound) {
    double unit = (RandomTensor.uniform(seed, index) + 1.0) / 2.0;
    return (int) (unit * bound);
  }

  /** Flat places in the output's own layout. */
  long[] offsets() {
    return offsets.clone();
  }

  double[] expected() {
    return expected.clone();
  }

  /**
   * The largest distance of {@code found} from the CPU's values, relative to their root mean
   * square; infinite when a value is not a number.
   */
  double error(float[] found) {
    return error(expected, found);
  }

  static double error(double[] expected, float[] found) {
    if (expected.length != found.length) {
      throw new IllegalArgumentException(
          "%d values to compare with %d".formatted(found.length, expected.length));
    }
    double rms = Math.sqrt(DoubleStream.of(expected).map(v -> v * v).average().orElse(0));
    double largest =
        IntStream.range(0, found.length)
            .mapToDouble(i -> Math.abs(found[i] - expected[i]))
            .map(d -> Double.isNaN(d) ? Double.POSITIVE_INFINITY : d)
            .max()
            .orElse(0);
    return largest == 0 ? 0 : largest / rms;
  }
}
