package dev.vitrine.viz.trust;

import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.cam.CamMap;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.method.Subject;

/** A method seen from its result: how much each pixel of the input counts. */
public interface PixelMap {

  /** The map, {@code [h, w]} at the input's size; larger counts more. */
  float[] of(Subject subject);

  /** The largest absolute value over a pixel's channels. */
  static PixelMap of(Attributor method) {
    return subject -> {
      float[] map = method.of(subject, n -> {}).map();
      float[] pixels = new float[subject.height() * subject.width()];
      for (int i = 0; i < map.length; i++) {
        int p = i / subject.channels();
        pixels[p] = Math.max(pixels[p], Math.abs(map[i]));
      }
      return pixels;
    };
  }

  /** A layer's map, enlarged bilinearly. */
  static PixelMap of(CamMethod method, String layer) {
    return subject -> {
      CamMap map = method.of(subject, layer, n -> {});
      return map.enlarged(subject.height(), subject.width());
    };
  }
}
