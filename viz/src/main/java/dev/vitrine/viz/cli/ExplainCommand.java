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
      String scored = target.layer(loaded);
      String layer = Study.defaultLayer(loaded, photograph, scored);
      Set<String> heard = new LinkedHashSet<>(List.of(layer, scored));
      try (Study study = new Study(loaded, photograph, heard)) {
        explain(study, layer);
      }
    }
    return 0;
  }

  private void explain(Study study, String layer) {
    Model model = study.model();
    TargetOptions.Target strongest = TargetOptions.Target.strongest(study.run(), layer);
    boolean unknown = target.isOpen() && !model.hasClasses();
    if (unknown) {
      CommandOutput.note(
          model.name() + " has no classes: the strongest unit, " + strongest.name() + ", it is");
    }
    TargetOptions.Target what = unknown ? strongest : target.resolve(model, study.run());
    List<PredictCommand.Row> top =
        model.hasClasses() ? PredictCommand.rows(model, study.prediction(), TOP) : List.of();
    Localization cam = Localization.of(study, what, layer, false);
    List<Attribution> attributions = new ArrayList<>();
    for (GradientMethod method : GradientMethod.values()) {
      boolean unit = method == GradientMethod.DECONVNET && !target.isUnit();
      attributions.add(Attribution.of(study, method, unit ? strongest : what));
    }

    // Nothing is written before everything is computed.
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    ExplainPage page = new ExplainPage(stem, model.name());
    top.forEach(row -> page.row(row.name(), row.probability(), row.logit()));
    Map<String, Object> result = Provenance.of(command, study);
    result.put("top", top);
    List<Map<String, Object>> pictures = new ArrayList<>();
    result.put("pictures", pictures);

    String photograph = stem + "-photograph";
    Path shown = folder.png(photograph, study.photograph().shown());
    folder.json(photograph, with(study, Map.of("method", "photograph")));
    page.photograph(shown.getFileName().toString(), study.photograph().about());
    Path written = cam.write(folder, study.photograph(), with(study, cam.record()), output.raw());
    pictures.add(with(cam.record(), written));
    page.picture(
        written.getFileName().toString(),
        "Grad-CAM",
        "Where layer " + layer + " sees what speaks for " + what.people() + ".",
        "The photograph with warm colours where Grad-CAM finds " + what.people());
    for (Attribution made : attributions) {
      written = made.write(folder, study.photograph(), with(study, made.record()), output.raw());
      pictures.add(with(made.record(), written));
      page.picture(
          written.getFileName().toString(),
          title(made.method()),
          caption(made.method(), made.target().people()),
          title(made.method()) + " of " + made.target().people() + ", about neutral grey");
    }
    page.footer(Version.text(), model.hash(), model.network().backend().description());
    Path html = folder.text(stem + "-explain.html", page.html());
    result.put("page", html.toString());
    folder.json(stem + "-explain", result);
    if (output.json()) {
      CommandOutput.json(result);
    } else {
      top.forEach(row -> CommandOutput.line("%s", PredictCommand.text(row)));
      CommandOutput.line("page: %s", html);
    }
  }

  private Map<String, Object> with(Study study, Map<String, Object> own) {
    Map<String, Object> record = new LinkedHashMap<>(Provenance.of(command, study));
    record.putAll(own);
    return record;
  }

  private static Map<String, Object> with(Map<String, Object> record, Path picture) {
    record.put("picture", picture.toString());
    return record;
  }

  private static String title(GradientMethod method) {
    return switch (method) {
      case GRADIENT -> "Gradient";
      case GUIDED -> "Guided backpropagation";
      case DECONVNET -> "Deconvnet";
    };
  }

  private static String caption(GradientMethod method, String name) {
    return switch (method) {
      case GRADIENT -> "How each pixel would change the score of " + name + ".";
      case GUIDED -> "What speaks for " + name + ", passed back along active ReLUs only.";
      case DECONVNET -> "What excites unit " + name + ", unpooled through the switches.";
    };
  }
}
