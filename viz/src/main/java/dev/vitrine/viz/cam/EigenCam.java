package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Eigen-CAM (Muhammad and Yeasin, 2020): the layer's maps projected on the first right singular
 * vector of the matrix of pixels by channels, {@code A v}, whatever the objective is. A singular
 * vector has no sign of its own; it is turned so that the projection goes along with the channels'
 * mean. The maps are not centred first, as in the paper.
 */
public record EigenCam() implements CamMethod {
  private static final int ITERATIONS = 1000;
  private static final double ENOUGH = 1e-14;

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, false);
    progress.accept(1);
    int pixels = maps.pixels();
    int channels = maps.channels();
    double[] a = new double[maps.a().length];
    double[] sums = new double[pixels];
    for (int i = 0; i < a.length; i++) {
      a[i] = maps.a()[i];
      sums[i / channels] += a[i];
    }
    double[] projection = projection(a, sums, pixels, channels);
    float[] map = new float[pixels];
    for (int p = 0; p < pixels; p++) {
      map[p] = (float) projection[p];
    }
    return new CamMap(maps.h(), maps.w(), map);
  }

  /**
   * {@code A v} by power iteration on {@code A A'} from the channels' sum on, which fixes the sign.
   */
  private static double[] projection(double[] a, double[] start, int pixels, int channels) {
    double[] u = start.clone();
    double length = normalize(u);
    double[] v = new double[channels];
    for (int iteration = 0; iteration < ITERATIONS && length > 0; iteration++) {
      Arrays.fill(v, 0);
      for (int p = 0; p < pixels; p++) {
        for (int c = 0; c < channels; c++) {
          v[c] += a[p * channels + c] * u[p];
        }
      }
      normalize(v);
      double[] next = new double[pixels];
      for (int p = 0; p < pixels; p++) {
        for (int c = 0; c < channels; c++) {
          next[p] += a[p * channels + c] * v[c];
        }
      }
      length = normalize(next);
      double change = 0;
      for (int p = 0; p < pixels; p++) {
        change += (next[p] - u[p]) * (next[p] - u[p]);
      }
      u = next;
      if (change < ENOUGH) {
        break;
      }
    }
    for (int p = 0; p < pixels; p++) {
      u[p] *= length;
    }
    return u;
  }

  /** Makes a vector one long and returns how long it was. */
  private static double normalize(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < vector.length && length > 0; i++) {
      vector[i] /= length;
    }
    return length;
  }
}
