package dev.vitrine.viz.cam;

import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * Grad-CAM++ (Chattopadhyay, Sarkar, Howlader and Balasubramanian, 2018): Grad-CAM's weights with
 * every pixel's positive gradient counted by {@code alpha}, so that several small regions weigh as
 * much as one large:
 *
 * <pre>
 * alpha = g^2 / (2 g^2 + (sum over the map of A) g^3)
 * w_c = sum over the map of alpha relu(g) = sum of g / (2 + (sum of A) g) where g is positive</pre>
 *
 * The objective stands in for the exponential of the score, which changes every gradient by one
 * factor. Nothing is added to the denominator: gradients of a mean over many pixels are so small
 * that a constant which seems negligible would decide.
 */
public record GradCamPlusPlus() implements CamMethod {

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
          double denominator = 2 + total * g;
          return g > 0 && denominator != 0 ? g / denominator : 0;
        });
  }
}
