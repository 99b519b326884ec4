package dev.vitrine.viz.render;

/**
 * How much of a heat map covers the photograph below it.
 *
 * @param most the share in 0..1 that the map has where it is hottest
 * @param growing whether cold places show the photograph, or are covered as well
 */
public record Opacity(float most, boolean growing) {
  /** Cold places show the photograph as it is; the hottest are mostly colour. */
  public static final Opacity GROWING = new Opacity(0.8f, true);

  /** Half photograph, half map, everywhere. */
  public static final Opacity HALF = new Opacity(0.5f, false);

  public Opacity {
    if (!(most >= 0 && most <= 1)) {
      throw new IllegalArgumentException("opacity " + most + ", expected 0 to 1");
    }
  }

  /** The map's share where it is this warm; a map with a sign is coldest in its middle. */
  float of(HeatMap.Scaling scaling, float heat) {
    if (!growing) {
      return most;
    }
    float warmth = scaling == HeatMap.Scaling.SYMMETRIC ? Math.abs(2 * heat - 1) : heat;
    return most * Math.max(0, Math.min(1, warmth));
  }
}
