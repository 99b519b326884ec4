package dev.vitrine.viz.cam;

import dev.vitrine.weights.image.Resampling;

/**
 * A class activation map at its layer's own resolution, before any normalization.
 *
 * @param values {@code [h, w]}, row-major
 */
public record CamMap(int h, int w, float[] values) {

  /** The map enlarged bilinearly, edges repeated, {@code [toH, toW]}. */
  public float[] enlarged(int toH, int toW) {
    return Resampling.map(values, h, w, toH, toW, Resampling.Filter.TRIANGLE);
  }
}
