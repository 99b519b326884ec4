package dev.vitrine.viz.cli;

import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.method.Subject;
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
 * @param figures what else the method tells
 */
record Attribution(
    String file,
    AttributionMethod method,
    TargetOptions.Target target,
    float[] gradient,
    int height,
    int width,
    double value,
    Map<String, Double> figures) {

  /** By one of the ReLU's rules, in a run that is there already. */
  static Attribution of(Study study, AttributionMethod method, TargetOptions.Target target) {
    float[] map = new InputGradient(method.rule()).of(study.run(), target.objective());
    return of(study, method, target, map, target.objective().value(study.run()), Map.of());
  }

  /** By any method, with a bar. */
  static Attribution of(
      Study study, AttributionMethod method, TargetOptions.Target target, Attributor attributor) {
    Subject subject = study.subject(target.objective());
    int[] done = {0};
    try (Progress bar =
        Progress.of(method.toString(), 0, attributor.work(subject), Progress.Unit.STEPS)) {
      Attributor.Attributed found = attributor.of(subject, n -> bar.to(done[0] += n));
      return of(study, method, target, found.map(), found.value(), found.figures());
    }
  }

  private static Attribution of(
      Study study,
      AttributionMethod method,
      TargetOptions.Target target,
      float[] map,
      double value,
      Map<String, Double> figures) {
    Attribution made =
        new Attribution(
            study.photograph().stem() + "-" + method,
            method,
            target,
            study.model().preprocessing().gradientToRgb(map),
            study.photograph().input().height(),
            study.photograph().input().width(),
            value,
            figures);
    if (made.isAllZero()) {
      CommandOutput.note(
          method
              + " of "
              + target.name()
              + " is zero at every pixel"
              + (method == AttributionMethod.DECONVNET && target.label() != null
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
    record.putAll(figures);
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
