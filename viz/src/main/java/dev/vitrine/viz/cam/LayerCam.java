package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * LayerCAM (Jiang, Zhang, Hou, Cheng and Wei, 2021): {@code relu(sum over c of relu(g_c) A_c)}, a
 * weight for every pixel of every channel, so that early layers give sharp maps.
 */
public record LayerCam() implements CamMethod {

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, true);
    progress.accept(1);
    float[] map = new float[maps.pixels()];
    for (int p = 0; p < map.length; p++) {
      double sum = 0;
      for (int c = 0; c < maps.channels(); c++) {
        int i = p * maps.channels() + c;
        sum += Math.max(maps.g()[i], 0) * maps.a()[i];
      }
      map[p] = (float) Math.max(sum, 0);
    }
    return new CamMap(maps.h(), maps.w(), map);
  }
}
