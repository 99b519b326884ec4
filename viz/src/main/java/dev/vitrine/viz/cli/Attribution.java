package dev.vitrine.viz.cli;

import dev.vitrine.viz.render.GradientPicture;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An attribution and its picture.
 *
 * @param file what its files are called, without the ending
 * @param gradient {@code [h, w, 3]} in RGB order, at the network's input size
 * @param value the objective's value
 */
record Attribution(
    String file,
    GradientMethod method,
    TargetOptions.Target target,
    float[] gradient,
    int height,
    int width,
    double value) {

  static Attribution of(Study study, GradientMethod method, TargetOptions.Target target) {
    float[] gradient =
        study
            .model()
            .preprocessing()
            .gradientToRgb(method.method().of(study.run(), target.objective()));
    Attribution made =
        new Attribution(
            study.photograph().stem() + "-" + method,
            method,
            target,
            gradient,
            study.photograph().input().height(),
            study.photograph().input().width(),
            target.objective().value(study.run()));
    if (made.isAllZero()) {
      CommandOutput.note(
          method
              + " of "
              + target.name()
              + " is zero at every pixel"
              + (method == GradientMethod.DECONVNET && target.label() != null
                  ? ": a class' deconvnet usually is; explain a unit with --unit LAYER:CHANNEL@max"
                  : ""));
    }
    return made;
  }

  boolean isAllZero() {
    for (float g : gradient) {
      if (g != 0) {
        return false;
      }
    }
    return true;
  }

  /** The method's part of the record beside the picture. */
  Map<String, Object> record() {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("method", method.toString());
    record.put("target", targetRecord(target));
    record.put("value", value);
    record.put("allZero", isAllZero());
    return record;
  }

  static Map<String, Object> targetRecord(TargetOptions.Target target) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("name", target.name());
    if (target.label() != null) {
      record.put("class", target.label().index());
      record.put("wordnet", target.label().wordnet());
    }
    record.put("layer", target.objective().layer());
    return record;
  }

  /** About neutral grey, in the proportions of what the network saw. */
  Picture picture(InputOptions.Photograph photograph) {
    return photograph.asSeen(GradientPicture.aboutGrey(height, width, gradient));
  }

  /** The largest absolute value of the three channels at each pixel. */
  HeatMap magnitude() {
    return GradientPicture.magnitude(height, width, gradient);
  }

  /** Writes the picture about neutral grey, its record, and the numbers if asked. */
  Path write(
      OutputFolder folder,
      InputOptions.Photograph photograph,
      Map<String, Object> record,
      boolean raw) {
    Path picture = folder.png(file, picture(photograph));
    folder.json(file, record);
    if (raw) {
      folder.npy(file, new int[] {height, width, 3}, gradient);
    }
    return picture;
  }
}
