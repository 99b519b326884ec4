package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.page.ExplainPage;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** {@code explain}: the main job, every method for one photograph on one page. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains what the network saw in a photograph: pictures and a page.")
final class ExplainCommand implements Callable<Integer> {
  private static final int TOP = 5;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Override
  public Integer call() {
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String layer = Study.defaultLayer(loaded, photograph);
      Set<String> heard = new LinkedHashSet<>(List.of(layer, target.layer(loaded)));
      try (Study study = new Study(loaded, photograph, heard)) {
        explain(study, layer);
      }
    }
    return 0;
  }

  private void explain(Study study, String layer) {
    OutputFolder folder = output.folder();
    TargetOptions.Target what = target.resolve(study.model(), study.run());
    TargetOptions.Target unit =
        target.isUnit() ? what : TargetOptions.Target.strongest(study.run(), layer);
    List<PredictCommand.Row> top =
        study.model().hasClasses()
            ? PredictCommand.rows(study.model(), study.prediction(), TOP)
            : List.of();

    ExplainPage page = new ExplainPage(study.photograph().stem(), study.model().name());
    String shown = study.photograph().stem() + "-photograph";
    folder.png(shown, study.photograph().original());
    page.photograph(shown + ".png");
    for (PredictCommand.Row row : top) {
      page.row(row.name(), row.probability(), row.logit());
    }

    Map<String, Object> result = Provenance.of(command, study);
    result.put("top", top);
    List<Map<String, Object>> pictures = new ArrayList<>();
    Localization cam = Localization.of(study, what, layer, false);
    Map<String, Object> camRecord = with(study, cam.record());
    cam.write(folder, study.photograph(), camRecord, output.raw());
    pictures.add(cam.record());
    page.picture(
        cam.file() + ".png",
        "Grad-CAM",
        "Where layer " + layer + " sees what speaks for " + people(what.name()) + ".",
        "gradcam of " + what.name());
    for (GradientMethod method : GradientMethod.values()) {
      TargetOptions.Target of = method == GradientMethod.DECONVNET ? unit : what;
      Attribution made = Attribution.of(study, method, of);
      made.write(folder, study.photograph(), with(study, made.record()), output.raw());
      pictures.add(made.record());
      page.picture(
          made.file() + ".png", title(method), caption(method, of), method + " of " + of.name());
    }
    result.put("pictures", pictures);
    Path written = folder.text(study.photograph().stem() + "-explain.html", page.html());
    if (output.json()) {
      result.put("page", written.toString());
      CommandOutput.json(result);
    } else {
      for (PredictCommand.Row row : top) {
        CommandOutput.line("%s", PredictCommand.text(row));
      }
      CommandOutput.line("page: %s", written);
    }
  }

  private Map<String, Object> with(Study study, Map<String, Object> own) {
    Map<String, Object> record = new LinkedHashMap<>(Provenance.of(command, study));
    record.putAll(own);
    return record;
  }

  private static String people(String name) {
    return name.replace('_', ' ');
  }

  private static String title(GradientMethod method) {
    return switch (method) {
      case GRADIENT -> "Gradient";
      case GUIDED -> "Guided backpropagation";
      case DECONVNET -> "Deconvnet";
    };
  }

  private static String caption(GradientMethod method, TargetOptions.Target of) {
    String name = people(of.name());
    return switch (method) {
      case GRADIENT -> "How each pixel would change the score of " + name + ".";
      case GUIDED -> "What speaks for " + name + ", passed back along active ReLUs only.";
      case DECONVNET -> "What excites unit " + name + ", unpooled through the switches.";
    };
  }
}
