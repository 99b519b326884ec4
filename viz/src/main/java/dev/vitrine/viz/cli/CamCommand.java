package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.cam.BoundingBox;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.render.Frame;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.Rows;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cam}: where in the photograph a class or a unit is seen. */
@Command(
    name = "cam",
    mixinStandardHelpOptions = true,
    description = "Shows where in the photograph a class or a unit is seen.")
final class CamCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Mixin private CamOptions cam;

  @Override
  public Integer call() {
    CamMethod method = cam.method();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      List<String> looked = cam.layers(loaded, photograph, scored);
      looked.forEach(l -> LayerNames.checkLeads(loaded.network(), l, scored));
      Set<String> heard = new LinkedHashSet<>(looked);
      heard.add(scored);
      try (Study study = new Study(loaded, photograph, heard)) {
        List<Localization> made = new ArrayList<>();
        List<TargetOptions.Target> targets = target.resolveAll(loaded, study.run());
        for (TargetOptions.Target what : targets) {
          for (String layer : looked) {
            String file =
                photograph.stem()
                    + "-"
                    + cam.name()
                    + (looked.size() > 1 ? "-" + layer : "")
                    + (targets.size() > 1 ? "-" + what.name() : "");
            made.add(Localization.of(file, cam.name(), method, study, what, layer));
          }
        }
        write(study, made);
      }
    }
    return 0;
  }

  /** Nothing is written before everything is computed. */
  private void write(Study study, List<Localization> made) {
    OutputFolder folder = output.folder();
    List<Map<String, Object>> records = new ArrayList<>();
    List<Picture> overlays = new ArrayList<>();
    for (Localization one : made) {
      Map<String, Object> record = Provenance.of(command, study);
      record.putAll(one.record());
      Picture overlay = cam.overlay(one.heat(), HeatMap.Scaling.POSITIVE, study.photograph());
      BoundingBox box = cam.hasBox() ? one.box(study.photograph()) : null;
      if (box != null) {
        overlay = Frame.of(overlay, box.top(), box.left(), box.height(), box.width());
        record.put("box", box);
      }
      overlays.add(overlay);
      Path written = folder.png(one.file(), overlay);
      folder.json(one.file(), record);
      if (output.raw()) {
        folder.npy(one.file(), new int[] {one.map().h(), one.map().w()}, one.map().values());
      }
      record.put("picture", written.toString());
      records.add(record);
      if (!output.json()) {
        CommandOutput.line(
            "%s of %s at %s in %s", one.method(), one.target().name(), one.layer(), written);
      }
    }
    if (made.size() > 1) {
      sideBySide(study, folder, made, overlays);
    }
    if (output.json()) {
      CommandOutput.json(records.size() == 1 ? records.get(0) : records);
    }
  }

  /** Every overlay in one picture: a row for each class, a column for each layer. */
  private void sideBySide(
      Study study, OutputFolder folder, List<Localization> made, List<Picture> overlays) {
    int columns = (int) made.stream().map(Localization::layer).distinct().count();
    String file = study.photograph().stem() + "-" + cam.name() + "-grid";
    Map<String, Object> record = Provenance.of(command, study);
    record.put("pictures", made.stream().map(m -> m.file() + ".png").toList());
    record.put("columns", columns == 1 ? made.size() : columns);
    Path written = folder.png(file, Rows.of(overlays, columns == 1 ? made.size() : columns, 4));
    folder.json(file, record);
    if (!output.json()) {
      CommandOutput.line("%d maps side by side in %s", made.size(), written);
    }
  }
}
