package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resampling;
import dev.vitrine.weights.image.Resize;
import java.util.Arrays;

/** A map [height, width] of one number per place, such as Grad-CAM's, and its pictures. */
public final class HeatMap {
  /** Share of the values that {@link Scaling#ROBUST} and gradient pictures do not cut off. */
  static final double PERCENTILE = 0.995;

  /** How the numbers of a map become numbers in 0..1. */
  public enum Scaling {
    /** 0 is 0 and the largest value 1; negative values are 0. For maps after a ReLU. */
    POSITIVE,
    /** 0 is 0 and the 99.5th percentile of the positive values 1. For maps with outliers. */
    ROBUST,
    /** The smallest value is 0 and the largest 1. For maps whose zero means nothing. */
    RANGE,
    /** 0 is 0.5 and the largest absolute value 0 or 1. For maps that have a sign. */
    SYMMETRIC
  }

  private final int height;
  private final int width;
  private final float[] values;

  private HeatMap(int height, int width, float[] values) {
    this.height = height;
    this.width = width;
    this.values = values;
  }

  /** A map of a copy of these values, [height, width] in row-major order. */
  public static HeatMap of(int height, int width, float[] values) {
    if (height < 1 || width < 1 || values.length != height * width) {
      throw new IllegalArgumentException(
          values.length + " values for a map of shape [" + height + ", " + width + "]");
    }
    return new HeatMap(height, width, values.clone());
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** A copy of the values, [height, width]. */
  public float[] values() {
    return values.clone();
  }

  /** Whether every value is zero: such a map shows nothing, and whoever asked should hear it. */
  public boolean isAllZero() {
    for (float value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** How many values are NaN or infinite; they are drawn like zero. */
  public int notFinite() {
    int count = 0;
    for (float value : values) {
      count += Float.isFinite(value) ? 0 : 1;
    }
    return count;
  }

  /** The values in 0..1, [height, width]; a map without any difference to show is 0, or 0.5. */
  public float[] scaled(Scaling scaling) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (float value : values) {
      if (Float.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    if (low > high) { // not one finite value
      low = 0;
      high = 0;
    }
    switch (scaling) {
      case POSITIVE -> low = 0;
      case ROBUST -> {
        low = 0;
        high = percentile(positive(values));
      }
      case SYMMETRIC -> {
        high = Math.max(Math.abs(low), Math.abs(high));
        low = -high;
      }
      case RANGE -> {}
    }
    float nothing = scaling == Scaling.SYMMETRIC ? 0.5f : 0;
    float[] scaled = new float[values.length];
    for (int i = 0; i < scaled.length; i++) {
      double value = Float.isFinite(values[i]) ? values[i] : 0;
      scaled[i] =
          high > low ? (float) Math.max(0, Math.min(1, (value - low) / (high - low))) : nothing;
    }
    return scaled;
  }

  /** The map alone in colour, enlarged smoothly to [toHeight, toWidth]. */
  public Picture picture(Scaling scaling, ColorMap colors, int toHeight, int toWidth) {
    float[] heat = smooth(scaled(scaling), toHeight, toWidth);
    byte[] rgb = new byte[heat.length * 3];
    for (int i = 0; i < heat.length; i++) {
      int color = colors.rgb(heat[i]);
      rgb[3 * i] = (byte) (color >> 16);
      rgb[3 * i + 1] = (byte) (color >> 8);
      rgb[3 * i + 2] = (byte) color;
    }
    return Picture.of(toHeight, toWidth, rgb);
  }

  /**
   * The map in colour over a photograph. Where the network saw nothing the photograph is dimmed.
   *
   * @param photograph at its own size, which is the result's
   * @param seen the part of it that the map covers, as {@link Resize#seen} says
   * @param opacity which share of a pixel's colour is the map's, by its heat
   */
  public Picture overlay(
      Picture photograph, Resize.Region seen, Scaling scaling, ColorMap colors, Opacity opacity) {
    int top = (int) Math.round(seen.top());
    int left = (int) Math.round(seen.left());
    int rows = Math.min(photograph.height() - top, (int) Math.round(seen.height()));
    int columns = Math.min(photograph.width() - left, (int) Math.round(seen.width()));
    float[] heat = smooth(scaled(scaling), rows, columns);
    byte[] rgb = photograph.bytes();
    for (int y = 0, i = 0; y < photograph.height(); y++) {
      for (int x = 0; x < photograph.width(); x++, i += 3) {
        boolean inside = y >= top && y < top + rows && x >= left && x < left + columns;
        float value = inside ? heat[(y - top) * columns + x - left] : 0;
        float share = inside ? opacity.of(scaling, value) : 0.5f;
        int color = inside ? colors.rgb(value) : 0;
        for (int c = 0; c < 3; c++) {
          int below = rgb[i + c] & 0xff;
          int above = (color >> (16 - 8 * c)) & 0xff;
          rgb[i + c] = (byte) Math.round(below + share * (above - below));
        }
      }
    }
    return Picture.of(photograph.height(), photograph.width(), rgb);
  }

  /** The map over the whole of a photograph. */
  public Picture overlay(Picture photograph, Scaling scaling, ColorMap colors, Opacity opacity) {
    Resize.Region whole = new Resize.Region(0, 0, photograph.height(), photograph.width());
    return overlay(photograph, whole, scaling, colors, opacity);
  }

  private float[] smooth(float[] heat, int toHeight, int toWidth) {
    return Resampling.map(heat, height, width, toHeight, toWidth, Resampling.Filter.CUBIC);
  }

  private static float[] positive(float[] values) {
    float[] positive = new float[values.length];
    for (int i = 0; i < positive.length; i++) {
      positive[i] = Math.max(0, values[i]);
    }
    return positive;
  }

  /**
   * The 99.5th percentile of those values that are neither zero nor infinite nor NaN, 0 if there
   * are none. A unit that looks at a small part of the picture leaves the rest exactly zero, and
   * that rest must not decide how bright the part is.
   */
  static double percentile(float[] magnitudes) {
    float[] sorted = new float[magnitudes.length];
    int count = 0;
    for (float value : magnitudes) {
      if (value != 0 && Float.isFinite(value)) {
        sorted[count++] = value;
      }
    }
    Arrays.sort(sorted, 0, count);
    return count == 0 ? 0 : sorted[(int) Math.ceil(PERCENTILE * (count - 1))];
  }
}
