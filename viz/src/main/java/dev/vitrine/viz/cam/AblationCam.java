package dev.vitrine.viz.cam;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Subject;
import java.util.function.IntConsumer;

/**
 * Ablation-CAM (Desai and Ramaswamy, 2020), without gradients: a channel weighs as much as the
 * objective's value falls, in parts of itself, when the channel's map is set to zero, {@code
 * relu(sum over c of (f - f_c) / f A_c)}.
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
    float[] x = subject.input();
    int[] next = {0}; // the first channel of the batch under way
    double[] without;
    try (Hook hook =
        subject
            .network()
            .onForward(
                layer,
                c -> {
                  Tensor all = c.output();
                  int n = all.shape().dim(0);
                  Tensor left = ablated(c.scope(), maps, next[0], n);
                  next[0] += n;
                  return left;
                })) {
      without =
          new Batches(subject, progress)
              .values(
                  maps.channels(),
                  (c, batch, offset) -> System.arraycopy(x, 0, batch, offset, x.length));
    }
    return maps.weighed(c -> (maps.value() - without[c]) / maps.value(), true);
  }

  /** The maps {@code n} times over, each without one channel more. */
  private static Tensor ablated(Scope scope, LayerMaps maps, int first, int n) {
    float[] all = new float[n * maps.a().length];
    for (int i = 0; i < n; i++) {
      int offset = i * maps.a().length;
      System.arraycopy(maps.a(), 0, all, offset, maps.a().length);
      for (int p = 0; p < maps.pixels(); p++) {
        all[offset + p * maps.channels() + first + i] = 0;
      }
    }
    return scope.of(Shape.of(n, maps.h(), maps.w(), maps.channels()), all);
  }
}
