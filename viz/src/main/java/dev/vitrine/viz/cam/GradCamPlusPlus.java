package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * Grad-CAM++ (Chattopadhyay, Sarkar, Howlader and Balasubramanian, 2018): Grad-CAM's weights with
 * every pixel's positive gradient counted by {@code alpha}, so that several small regions weigh as
 * much as one large:
 *
 * <pre>
 * alpha = g^2 / (2 g^2 + (sum over the map of A) g^3),  0 where g is
 * w_c = sum over the map of alpha relu(g)</pre>
 *
 * The objective stands in for the exponential of the score, which changes every weight by one
 * factor.
 */
public record GradCamPlusPlus() implements CamMethod {
  /** Keeps the denominator from zero; as in pytorch-grad-cam. */
  private static final double EPSILON = 1e-6;

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, true);
    progress.accept(1);
    return maps.weighed(c -> weight(maps, c), true);
  }

  private static double weight(LayerMaps maps, int channel) {
    double total = maps.sum(channel, i -> maps.a()[i]);
    return maps.sum(
        channel,
        i -> {
          double g = maps.g()[i];
          double alpha = g == 0 ? 0 : g * g / (2 * g * g + total * g * g * g + EPSILON);
          return alpha * Math.max(g, 0);
        });
  }
}
