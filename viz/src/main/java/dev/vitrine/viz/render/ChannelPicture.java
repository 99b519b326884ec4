package dev.vitrine.viz.render;

import java.util.Arrays;

/** Pictures of a channel's map [height, width]. */
public final class ChannelPicture {
  /** How many standard deviations either side of the mean have colours of their own. */
  public static final int DEVIATIONS = 2;

  /** The share of values below what {@link #percentiles} draws as 0, and above 1. */
  private static final double TAIL = 0.01;

  private ChannelPicture() {}

  /**
   * The map standardized: less its mean and divided by its standard deviation, so that weak and
   * strong channels are equally easy to see; the mean is 0.5 and two standard deviations reach 0 or
   * 1. A map that is the same everywhere is 0.5. NaN and infinities count as zero.
   *
   * @param map [height, width]
   * @return in 0..1
   */
  public static float[] standardized(float[] map) {
    double sum = 0;
    double squares = 0;
    for (float value : map) {
      sum += finite(value);
    }
    double mean = sum / map.length;
    for (float value : map) {
      squares += Math.pow(finite(value) - mean, 2);
    }
    double deviation = Math.sqrt(squares / map.length);
    float[] standardized = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      double z = deviation > 0 ? (finite(map[i]) - mean) / deviation : 0;
      standardized[i] = (float) Math.max(0, Math.min(1, 0.5 + z / (2 * DEVIATIONS)));
    }
    return standardized;
  }

  private static double finite(float value) {
    return Float.isFinite(value) ? value : 0;
  }

  /**
   * The map stretched so that its 1st percentile is 0 and its 99th 1, and cut off beyond. A map
   * that is the same everywhere is 0.5. NaN and infinities count as zero.
   *
   * @param map [height, width]
   * @return in 0..1
   */
  public static float[] percentiles(float[] map) {
    float[] sorted = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      sorted[i] = (float) finite(map[i]);
    }
    Arrays.sort(sorted);
    double low = sorted[(int) Math.floor(TAIL * (map.length - 1))];
    double high = sorted[(int) Math.ceil((1 - TAIL) * (map.length - 1))];
    float[] stretched = new float[map.length];
    for (int i = 0; i < map.length; i++) {
      double share = high > low ? (finite(map[i]) - low) / (high - low) : 0.5;
      stretched[i] = (float) Math.max(0, Math.min(1, share));
    }
    return stretched;
  }
}
