package dev.vitrine.viz.render;

import dev.vitrine.weights.image.Picture;

/** Pictures of a gradient with respect to a picture's pixels, [height, width, 3] in RGB order. */
public final class GradientPicture {
  private GradientPicture() {}

  /**
   * The gradient about a neutral grey: 128 where it is zero, brighter in a channel where more of
   * that colour raises the score, darker where less does. The scale is symmetric and one for all
   * channels: the 99.5th percentile of the absolute values other than zero reaches 0 or 255, so
   * that single outliers do not leave everything else grey. NaN and infinities are drawn as 128.
   *
   * @param gradient [height, width, 3]
   */
  public static Picture aboutGrey(int height, int width, float[] gradient) {
    double scale = HeatMap.percentile(magnitudes(gradient));
    float[] pixels = new float[gradient.length];
    for (int i = 0; i < pixels.length; i++) {
      boolean drawn = scale > 0 && Float.isFinite(gradient[i]);
      pixels[i] = drawn ? (float) (128 + 127 * gradient[i] / scale) : 128;
    }
    return Picture.ofFloats(height, width, pixels);
  }

  /**
   * The largest absolute value of the three channels at each place (Simonyan et al. 2013); {@link
   * HeatMap.Scaling#ROBUST} suits it.
   *
   * @param gradient [height, width, 3]
   */
  public static HeatMap magnitude(int height, int width, float[] gradient) {
    float[] magnitudes = magnitudes(gradient);
    float[] largest = new float[height * width];
    for (int i = 0; i < magnitudes.length; i++) {
      largest[i / 3] = Math.max(largest[i / 3], magnitudes[i]);
    }
    return HeatMap.of(height, width, largest);
  }

  private static float[] magnitudes(float[] gradient) {
    float[] magnitudes = new float[gradient.length];
    for (int i = 0; i < magnitudes.length; i++) {
      magnitudes[i] = Math.abs(gradient[i]);
    }
    return magnitudes;
  }
}
