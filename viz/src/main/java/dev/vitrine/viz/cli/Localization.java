package dev.vitrine.viz.cli;

import dev.vitrine.viz.cam.BoundingBox;
import dev.vitrine.viz.cam.CamMap;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.cam.GradCam;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.render.HeatMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A class activation map.
 *
 * @param file what its files are called, without the ending
 * @param method as the command line calls it
 * @param value the objective's
 */
record Localization(
    String file,
    String method,
    TargetOptions.Target target,
    String layer,
    CamMap map,
    double value) {
  /** Of the maximum: what a box encloses (Zhou et al., 2016). */
  private static final double BOX = 0.2;

  /** By Grad-CAM, in a run that is there already. */
  static Localization of(Study study, TargetOptions.Target target, String layer) {
    return of(
        study.photograph().stem() + "-gradcam",
        "gradcam",
        study,
        target,
        layer,
        new GradCam().of(study.run(), target.objective(), layer));
  }

  /** By any method, with a bar. */
  static Localization of(
      String file,
      String name,
      CamMethod method,
      Study study,
      TargetOptions.Target target,
      String layer) {
    Subject subject = study.subject(target.objective());
    int[] done = {0};
    try (Progress bar = Progress.of(name, 0, method.work(subject, layer), Progress.Unit.STEPS)) {
      CamMap map = method.of(subject, layer, n -> bar.to(done[0] += n));
      return of(file, name, study, target, layer, map);
    }
  }

  private static Localization of(
      String file,
      String name,
      Study study,
      TargetOptions.Target target,
      String layer,
      CamMap map) {
    double value = target.objective().value(study.run());
    Localization made = new Localization(file, name, target, layer, map, value);
    if (made.heat().isAllZero()) {
      CommandOutput.note(
          name
              + " of "
              + target.name()
              + " at "
              + layer
              + " is zero everywhere: nothing there speaks for it; try another --layer");
    }
    return made;
  }

  HeatMap heat() {
    return HeatMap.of(map.h(), map.w(), map.values());
  }

  /** Where the map is strong, in the pixels of the photograph as it is drawn; null for nowhere. */
  BoundingBox box(InputOptions.Photograph photograph) {
    int h = (int) Math.max(1, Math.round(photograph.seen().height()));
    int w = (int) Math.max(1, Math.round(photograph.seen().width()));
    BoundingBox box = BoundingBox.of(map.enlarged(h, w), h, w, BOX);
    return box == null
        ? null
        : new BoundingBox(
            box.top() + (int) Math.round(photograph.seen().top()),
            box.left() + (int) Math.round(photograph.seen().left()),
            box.height(),
            box.width());
  }

  Map<String, Object> record() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("method", method);
    record.put("target", Attribution.targetRecord(target));
    record.put("layer", layer);
    record.put("value", value);
    record.put("map", new int[] {map.h(), map.w()});
    record.put("allZero", heat().isAllZero());
    return record;
  }
}
