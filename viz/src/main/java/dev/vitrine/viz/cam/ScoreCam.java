package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Score-CAM (Wang et al., "Score-CAM: Score-Weighted Visual Explanations", 2020), without
 * gradients: each channel's map, enlarged and scaled to 0..1, masks the input, and the objective's
 * value {@code S_c} for what is left says how much the channel weighs, {@code relu(sum over c of
 * softmax(S)_c A_c)}. A map that is the same everywhere masks all of the input.
 */
public record ScoreCam() implements CamMethod {

  @Override
  public int work(Subject subject, String layer) {
    return 1 + LayerMaps.image(layer, subject.network().shapes(subject.shape()).get(layer)).dim(3);
  }

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, false);
    progress.accept(1);
    float[] x = subject.input();
    double[] scores =
        new Batches(subject, progress)
            .values(
                maps.channels(),
                (c, batch, offset) -> {
                  float[] mask = mask(maps, c, subject.height(), subject.width());
                  for (int i = 0; i < x.length; i++) {
                    batch[offset + i] = x[i] * mask[i / subject.channels()];
                  }
                });
    double largest = Arrays.stream(scores).max().orElseThrow();
    double sum = Arrays.stream(scores).map(s -> Math.exp(s - largest)).sum();
    return maps.weighed(c -> Math.exp(scores[c] - largest) / sum, true);
  }

  /** A channel's map at the input's size, from 0 to 1. */
  private static float[] mask(LayerMaps maps, int channel, int h, int w) {
    float[] mask = new CamMap(maps.h(), maps.w(), maps.map(channel)).enlarged(h, w);
    float low = Float.POSITIVE_INFINITY;
    float high = Float.NEGATIVE_INFINITY;
    for (float value : mask) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    for (int i = 0; i < mask.length; i++) {
      mask[i] = high > low ? (mask[i] - low) / (high - low) : 0;
    }
    return mask;
  }
}
