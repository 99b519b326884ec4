package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import java.util.Arrays;
import java.util.List;

/** Pictures of a channel's map [height, width]. */
public final class ChannelPicture {
  /** How many standard deviations either side of the mean have colours of their own. */
  public static final int DEVIATIONS = 2;

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
   * Standardized maps in rows, one pixel for each value, a pixel of white between them.
   *
   * @param maps each [height, width]
   * @param columns maps in a row, at most
   */
  public static Picture grid(
      List<float[]> maps, int height, int width, int columns, ColorMap colors) {
    int across = Math.min(columns, maps.size());
    int down = (maps.size() + columns - 1) / columns;
    int gridWidth = across * (width + 1) - 1;
    int gridHeight = down * (height + 1) - 1;
    byte[] rgb = new byte[gridHeight * gridWidth * 3];
    Arrays.fill(rgb, (byte) 255);
    for (int i = 0; i < maps.size(); i++) {
      float[] tile = standardized(maps.get(i));
      int top = i / columns * (height + 1);
      int left = i % columns * (width + 1);
      for (int p = 0; p < tile.length; p++) {
        int to = ((top + p / width) * gridWidth + left + p % width) * 3;
        int color = colors.rgb(tile[p]);
        rgb[to] = (byte) (color >> 16);
        rgb[to + 1] = (byte) (color >> 8);
        rgb[to + 2] = (byte) color;
      }
    }
    return Picture.of(gridHeight, gridWidth, rgb);
  }
}
