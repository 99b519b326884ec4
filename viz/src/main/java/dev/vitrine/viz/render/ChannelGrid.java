package dev.vitrine.viz.render;

import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.weights.image.Picture;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Channels' maps as tiles in rows, a pixel of white between them. A channel that did not answer is
 * crossed out.
 *
 * @param columns tiles in a row, at most
 * @param smallest the longer side of a tile, in pixels, at least: coarser maps have larger cells
 */
public record ChannelGrid(int columns, int smallest, Scaling scaling, ColorMap colors) {
  private static final int GROUND = 0x303030;
  private static final int CROSS = 0xd04040;

  /** How the numbers of each map become colours. */
  public enum Scaling {
    /** The mean in the middle, two standard deviations to either end. */
    STANDARDIZED,
    /** The 1st percentile to the 99th. */
    PERCENTILES;

    float[] of(float[] map) {
      return this == STANDARDIZED
          ? ChannelPicture.standardized(map)
          : ChannelPicture.percentiles(map);
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The tiles of these channels, filled row by row; an unfilled rest is white. */
  public Picture of(ChannelMaps maps, List<Integer> channels) {
    int times =
        Math.max(1, (smallest + Math.max(maps.h(), maps.w()) - 1) / Math.max(maps.h(), maps.w()));
    int height = times * maps.h();
    int width = times * maps.w();
    int across = Math.min(columns, channels.size());
    int down = (channels.size() + columns - 1) / columns;
    int gridWidth = across * (width + 1) - 1;
    int gridHeight = down * (height + 1) - 1;
    byte[] rgb = new byte[gridHeight * gridWidth * 3];
    Arrays.fill(rgb, (byte) 255);
    Set<Integer> dead = new HashSet<>(maps.dead());
    for (int i = 0; i < channels.size(); i++) {
      boolean crossed = dead.contains(channels.get(i));
      float[] tile = scaling.of(maps.map(channels.get(i)));
      int top = i / columns * (height + 1);
      int left = i % columns * (width + 1);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int color =
              crossed
                  ? crossedOut(y, x, height, width)
                  : colors.rgb(tile[y / times * maps.w() + x / times]);
          int to = ((top + y) * gridWidth + left + x) * 3;
          rgb[to] = (byte) (color >> 16);
          rgb[to + 1] = (byte) (color >> 8);
          rgb[to + 2] = (byte) color;
        }
      }
    }
    return Picture.of(gridHeight, gridWidth, rgb);
  }

  /** Both diagonals on dark ground. */
  private static int crossedOut(int y, int x, int height, int width) {
    double down = (y + 0.5) / height;
    double across = (x + 0.5) / width;
    double line = 0.8 / Math.min(height, width);
    boolean on = Math.abs(down - across) < line || Math.abs(1 - down - across) < line;
    return on ? CROSS : GROUND;
  }

  /** A square tile for what did not answer. */
  public static Picture dead(int side) {
    byte[] rgb = new byte[side * side * 3];
    for (int i = 0; i < rgb.length; i++) {
      int color = crossedOut(i / 3 / side, i / 3 % side, side, side);
      rgb[i] = (byte) (color >> (16 - 8 * (i % 3)));
    }
    return Picture.of(side, side, rgb);
  }
}
