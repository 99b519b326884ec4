package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code attribute}: which pixels a class or a unit depends on. */
@Command(
    name = "attribute",
    mixinStandardHelpOptions = true,
    description = "Shows which pixels a class or a unit depends on.")
final class AttributeCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Mixin private AttributionOptions attribution;

  @Override
  public Integer call() {
    AttributionMethod chosen = attribution.method();
    if (target.top() > 0 && !chosen.isRule()) {
      throw new ParameterException(
          command.commandLine(),
          "the strongest units one by one are for gradient, guided and deconvnet, not for "
              + chosen
              + ": name one unit, or take --method deconvnet");
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      Set<String> heard = new LinkedHashSet<>(List.of(scored));
      boolean strongest = chosen == AttributionMethod.DECONVNET && target.isOpen();
      String layer = strongest ? Study.defaultLayer(loaded, photograph, scored) : null;
      if (strongest) {
        heard.add(layer);
      }
      try (Study study = new Study(loaded, photograph, heard)) {
        if (target.top() > 0) {
          StrongestUnits.of(study, chosen, scored, target.channel(), target.top())
              .write(command, study, output);
          return 0;
        }
        TargetOptions.Target what =
            strongest
                ? TargetOptions.Target.strongest(study.run(), layer)
                : target.resolve(loaded, study.run());
        Attribution made =
            Attribution.of(
                study,
                chosen,
                what,
                attribution.attributor(loaded, photograph, scored, model.seed()));
        Map<String, Object> record = Provenance.of(command, study);
        record.putAll(made.record());
        Path written = made.write(output.folder(), photograph, record, output.raw());
        if (output.json()) {
          record.put("picture", written.toString());
          CommandOutput.json(record);
        } else {
          CommandOutput.line("%s of %s (%.4g) in %s", chosen, what.name(), made.value(), written);
          made.figures().forEach((name, figure) -> CommandOutput.line("  %s %.4g", name, figure));
        }
      }
    }
    return 0;
  }
}
