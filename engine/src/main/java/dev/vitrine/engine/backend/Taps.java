package dev.vitrine.engine.backend;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * Which source pixels make an output pixel when one axis of an image is resampled, and with what
 * weights, computed in double. Every backend resamples by these:
 *
 * <pre>y[i] = sum over k in starts[i] .. starts[i + 1] - 1 of weights[k] * x[indices[k]]</pre>
 *
 * The indices of one output pixel rise without a gap, so that a pixel that clamping at an edge
 * would name twice is named once with the sum of its weights. An image is resampled along its rows
 * and its columns in turn.
 */
public final class Taps {
  private final int in;
  private final int out;
  private final int[] starts;
  private final int[] indices;
  private final double[] weights;

  private Taps(int in, int out, int[] starts, int[] indices, double[] weights) {
    this.in = in;
    this.out = out;
    this.starts = starts;
    this.indices = indices;
    this.weights = weights;
  }

  /**
   * The taps of a resampling from {@code in} pixels to {@code out}.
   *
   * @throws IllegalArgumentException if one of the extents is below 1
   */
  public static Taps of(Interpolation kind, int in, int out) {
    if (in < 1 || out < 1) {
      throw new IllegalArgumentException(
          "resample: from " + in + " pixels to " + out + "; both must be 1 or more");
    }
    double scale = (double) in / out;
    Builder taps = new Builder(in, out);
    for (int i = 0; i < out; i++) {
      double centre = (i + 0.5) * scale;
      switch (kind) {
        case NEAREST -> taps.add((int) ((2L * i + 1) * in / (2L * out)), 1);
        case BILINEAR -> interpolate(taps, centre, 1, Taps::triangle);
        case BICUBIC -> interpolate(taps, centre, 2, t -> cubic(-0.75, t));
        case BILINEAR_ANTIALIASED -> filter(taps, centre, scale, 1, Taps::triangle);
        case BICUBIC_ANTIALIASED -> filter(taps, centre, scale, 2, t -> cubic(-0.5, t));
      }
      taps.finishPixel();
    }
    return taps.build();
  }

  /** Samples a kernel at the {@code 2 * radius} pixels around a point; edges are repeated. */
  private static void interpolate(
      Builder taps, double centre, int radius, DoubleUnaryOperator kernel) {
    double position = centre - 0.5;
    int below = (int) Math.floor(position);
    for (int j = below - radius + 1; j <= below + radius; j++) {
      taps.add(Math.min(Math.max(j, 0), taps.in - 1), kernel.applyAsDouble(position - j));
    }
  }

  /**
   * Samples a kernel, stretched when shrinking, at every pixel that it covers inside the image, and
   * divides by the sum, as Pillow's {@code Image.resize} does. Which pixels count as covered is
   * Pillow's rule too: those whose centres are less than the radius away, rounded.
   */
  private static void filter(
      Builder taps, double centre, double scale, int radius, DoubleUnaryOperator kernel) {
    double stretch = Math.max(scale, 1);
    int first = Math.max((int) Math.floor(centre - radius * stretch + 0.5), 0);
    int end = Math.min((int) Math.floor(centre + radius * stretch + 0.5), taps.in);
    double sum = 0;
    for (int j = first; j < end; j++) {
      sum += kernel.applyAsDouble((j + 0.5 - centre) / stretch);
    }
    for (int j = first; j < end; j++) {
      taps.add(j, kernel.applyAsDouble((j + 0.5 - centre) / stretch) / sum);
    }
  }

  private static double triangle(double t) {
    return Math.max(1 - Math.abs(t), 0);
  }

  /** Keys' cubic convolution kernel (1981). */
  private static double cubic(double a, double t) {
    double d = Math.abs(t);
    if (d < 1) {
      return ((a + 2) * d - (a + 3)) * d * d + 1;
    }
    return d < 2 ? a * (((d - 5) * d + 8) * d - 4) : 0;
  }

  /**
   * The taps of the transposed resampling, from {@code out()} pixels to {@code in()}: for each
   * source pixel the output pixels that it went into. One that went into none has no taps.
   */
  public Taps transposed() {
    int[] newStarts = new int[in + 1];
    for (int index : indices) {
      newStarts[index + 1]++;
    }
    for (int j = 0; j < in; j++) {
      newStarts[j + 1] += newStarts[j];
    }
    int[] next = Arrays.copyOf(newStarts, in);
    int[] newIndices = new int[indices.length];
    double[] newWeights = new double[weights.length];
    for (int i = 0; i < out; i++) {
      for (int k = starts[i]; k < starts[i + 1]; k++) {
        int slot = next[indices[k]]++;
        newIndices[slot] = i;
        newWeights[slot] = weights[k];
      }
    }
    return new Taps(out, in, newStarts, newIndices, newWeights);
  }

  /** The number of source pixels. */
  public int in() {
    return in;
  }

  /** The number of output pixels. */
  public int out() {
    return out;
  }

  /** Where each output pixel's taps begin, and where the last one's end: {@code [out + 1]}. */
  public int[] starts() {
    return starts.clone();
  }

  /** The source pixel of each tap. */
  public int[] indices() {
    return indices.clone();
  }

  /** The weight of each tap; those of one output pixel sum to 1 (not when transposed). */
  public double[] weights() {
    return weights.clone();
  }

  /** Gathers taps pixel by pixel and merges those that clamping made equal. */
  private static final class Builder {
    private final int in;
    private final int[] starts;
    private int[] indices = new int[16];
    private double[] weights = new double[16];
    private int pixel;
    private int count;

    Builder(int in, int out) {
      this.in = in;
      starts = new int[out + 1];
    }

    void add(int index, double weight) {
      if (count > starts[pixel] && indices[count - 1] == index) {
        weights[count - 1] += weight;
        return;
      }
      if (count == indices.length) {
        indices = Arrays.copyOf(indices, 2 * count);
        weights = Arrays.copyOf(weights, 2 * count);
      }
      indices[count] = index;
      weights[count++] = weight;
    }

    void finishPixel() {
      starts[++pixel] = count;
    }

    Taps build() {
      return new Taps(
          in, pixel, starts, Arrays.copyOf(indices, count), Arrays.copyOf(weights, count));
    }
  }
}
