package dev.vitrine.viz.attribution;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.cam.CamMap;
import dev.vitrine.viz.cam.GradCam;
import dev.vitrine.viz.method.Subject;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Guided Grad-CAM (Selvaraju et al., "Grad-CAM", 2017): guided backpropagation times the Grad-CAM
 * map, enlarged bilinearly to the input's size, so that fine detail shows only where the class is.
 *
 * @param layer whose maps Grad-CAM weighs
 */
public record GuidedGradCam(String layer) implements Attributor {

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    Set<String> heard = new LinkedHashSet<>(List.of(layer, subject.objective().layer()));
    try (Scope scope = new Scope(subject.network().backend());
        Run run =
            subject
                .network()
                .forward(
                    scope.of(subject.shape(), subject.input()),
                    new Listen(heard, false, true, false))) {
      float[] map = new InputGradient(ReluRule.GUIDED).of(run, subject.objective());
      CamMap cam = new GradCam().of(run, subject.objective(), layer);
      float[] enlarged = cam.enlarged(subject.height(), subject.width());
      for (int i = 0; i < map.length; i++) {
        map[i] *= enlarged[i / subject.channels()];
      }
      double value = subject.objective().value(run);
      progress.accept(1);
      return new Attributed(value, map);
    }
  }
}
