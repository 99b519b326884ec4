package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
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
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code explain}: the main job, every method for one photograph on one page. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = "Explains what the network saw in a photograph: pictures and a page.")
final class ExplainCommand implements Callable<Integer> {
  /** Channels of each layer whose exciting pictures are made. */
  private static final int EXCITED = 3;

  private static final int TOP = 5;

  /** Of an atlas. */
  private static final int CLASSES = 3;

  private static final List<AttributionMethod> METHODS =
      List.of(AttributionMethod.GRADIENT, AttributionMethod.GUIDED, AttributionMethod.DECONVNET);

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--quick",
      description = "Without the images that excite channels, which take most of the time.")
  private boolean quick;

  @Option(
      names = "--all",
      description =
          "An atlas instead: every method for the three top classes (or those of --class) and three"
              + " layers, to be chosen on a page. Takes minutes; shows what sanity found if that"
              + " was run into the same folder.")
  private boolean all;

  @Override
  public Integer call() {
    if (all && quick) {
      throw new ParameterException(
          command.commandLine(), "--all and --quick exclude each other: leave one out");
    }
    if (all && output.raw()) {
      throw new ParameterException(
          command.commandLine(),
          "--all and --raw exclude each other: the commands on the page take --raw, one by one");
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      if (all) {
        atlas(loaded, photograph);
        return 0;
      }
      String scored = target.layer(loaded);
      String layer = Study.defaultLayer(loaded, photograph, scored);
      Shape size = Shape.of(1, photograph.input().height(), photograph.input().width(), 3);
      int classes = loaded.hasClasses() ? loaded.classes() : 0;
      String deepest = SpatialLayers.last(loaded.network(), size, classes);
      List<String> depths = SpatialLayers.depths(loaded.network(), size, deepest);
      Set<String> heard = new LinkedHashSet<>(List.of(layer, scored));
      heard.addAll(depths);
      try (Study study = new Study(loaded, photograph, heard)) {
        explain(study, layer, depths);
      }
    }
    return 0;
  }

  private void atlas(Model loaded, InputOptions.Photograph photograph) {
    try (Demonstration shown = new Demonstration(loaded, photograph, target, model.seed())) {
      List<TargetOptions.Target> targets =
          shown.target().label() == null
              ? List.of(shown.target())
              : target.resolveAll(loaded, shown.study().run(), Math.min(CLASSES, loaded.classes()));
      Map<String, Object> result =
          new Atlas(command, model, shown, targets, output.folder()).write();
      if (output.json()) {
        CommandOutput.json(result);
      } else {
        CommandOutput.line("page: %s", result.get("page"));
      }
    }
  }

  private void explain(Study study, String layer, List<String> depths) {
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
    Localization cam = Localization.of(study, what, layer);
    List<Attribution> attributions = new ArrayList<>();
    for (AttributionMethod method : METHODS) {
      boolean unit = method == AttributionMethod.DECONVNET && !target.isUnit();
      attributions.add(Attribution.of(study, method, unit ? strongest : what));
    }
    List<ChannelMaps> maps = depths.stream().map(d -> ChannelMaps.of(study.run(), d)).toList();
    Explanation explanation =
        new Explanation(command, study, what, top, cam, attributions, maps, excited(model, maps));

    // Nothing is written before everything is computed.
    Map<String, Object> result = explanation.write(output.folder(), output.raw());
    if (output.json()) {
      CommandOutput.json(result);
    } else {
      top.forEach(row -> CommandOutput.line("%s", PredictCommand.text(row)));
      CommandOutput.line("page: %s", result.get("page"));
    }
  }

  /** What excites the strongest channels, or nothing where the network does not allow it. */
  private Map<String, List<Excitation.Made>> excited(Model loaded, List<ChannelMaps> maps) {
    if (quick) {
      return Map.of();
    }
    Excitation excitation;
    try {
      excitation = new Excitation(loaded, maps, EXCITED, model.seed());
    } catch (BadInputException e) {
      CommandOutput.note("no images that excite channels: " + e.getMessage());
      return Map.of();
    }
    try (Progress progress =
        Progress.of("channels", 0, excitation.work(), new Progress.Unit(" Mpx", 1_000_000))) {
      return excitation.run(progress);
    }
  }
}
