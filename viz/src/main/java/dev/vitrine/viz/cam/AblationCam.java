package dev.vitrine.viz.cam;

import dev.vitrine.engine.Shape;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * Ablation-CAM (Desai and Ramaswamy, 2020), without gradients: a channel weighs as much as the
 * objective's value falls, in parts of itself, when the channel's map is set to zero, {@code
 * relu(sum over c of (f - f_c) / f A_c)}. Only what comes after the layer runs again, so that all
 * of it must depend on the layer alone.
 */
public record AblationCam() implements CamMethod {

  @Override
  public int work(Subject subject, String layer) {
    return 1 + LayerMaps.image(layer, subject.network().shapes(subject.shape()).get(layer)).dim(3);
  }

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    LayerMaps maps = LayerMaps.of(subject, layer, false);
    progress.accept(1);
    if (maps.value() == 0) {
      throw new IllegalArgumentException(
          "ablation-cam divides by the score, which is 0 here: explain another class");
    }
    Shape shape = Shape.of(1, maps.h(), maps.w(), maps.channels());
    Subject after = new Subject(subject.network(), shape, maps.a(), subject.objective());
    double[] without =
        new Batches(after, layer, progress)
            .values(
                maps.channels(),
                (c, batch, offset) -> {
                  System.arraycopy(maps.a(), 0, batch, offset, maps.a().length);
                  for (int i = c; i < maps.a().length; i += maps.channels()) {
                    batch[offset + i] = 0;
                  }
                });
    return maps.weighed(c -> (maps.value() - without[c]) / maps.value(), true);
  }
}
