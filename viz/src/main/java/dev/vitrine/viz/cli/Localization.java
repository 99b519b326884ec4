package dev.vitrine.viz.cli;

import dev.vitrine.viz.method.GradCam;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.Opacity;
import dev.vitrine.viz.render.OutputFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A class activation map and its overlay.
 *
 * @param file what its files are called, without the ending
 */
record Localization(
    String file, TargetOptions.Target target, String layer, GradCam.CamMap map, double value) {

  static Localization of(
      Study study, TargetOptions.Target target, String layer, boolean layerInName) {
    GradCam.CamMap map = new GradCam(true).of(study.run(), target.objective(), layer);
    String file = study.photograph().stem() + "-gradcam" + (layerInName ? "-" + layer : "");
    Localization made =
        new Localization(file, target, layer, map, target.objective().value(study.run()));
    if (made.heat().isAllZero()) {
      CommandOutput.note(
          "gradcam of "
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

  Map<String, Object> record() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("method", "gradcam");
    record.put("target", Attribution.targetRecord(target));
    record.put("layer", layer);
    record.put("value", value);
    record.put("map", new int[] {map.h(), map.w()});
    record.put("allZero", heat().isAllZero());
    return record;
  }

  /** Writes the overlay on the original photograph, its record, and the map if asked. */
  Path write(
      OutputFolder folder,
      InputOptions.Photograph photograph,
      Map<String, Object> record,
      boolean raw) {
    Path picture =
        folder.png(
            file,
            heat()
                .overlay(
                    photograph.shown(),
                    photograph.seen(),
                    HeatMap.Scaling.POSITIVE,
                    ColorMap.INFERNO,
                    Opacity.GROWING));
    folder.json(file, record);
    if (raw) {
      folder.npy(file, new int[] {map.h(), map.w()}, map.values());
    }
    return picture;
  }
}
