package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
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

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      defaultValue = "gradcam",
      description = "gradcam. Default: ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "The layer whose maps are weighed; repeatable."
              + " Default: the last one with maps whose channels are not the classes.")
  private List<String> layers = new ArrayList<>();

  @Override
  public Integer call() {
    if (!method.equals("gradcam")) {
      throw new ParameterException(
          command.commandLine(), "method '" + method + "' is not known; known is gradcam");
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      List<String> looked =
          layers.isEmpty()
              ? List.of(Study.defaultLayer(loaded, photograph, scored))
              : layers.stream().distinct().map(l -> LayerNames.known(loaded, l)).toList();
      looked.forEach(l -> LayerNames.checkLeads(loaded.network(), l, scored));
      Set<String> heard = new LinkedHashSet<>(looked);
      heard.add(scored);
      try (Study study = new Study(loaded, photograph, heard)) {
        TargetOptions.Target what = target.resolve(loaded, study.run());
        List<Localization> made = new ArrayList<>();
        List<Map<String, Object>> records = new ArrayList<>();
        for (String layer : looked) {
          made.add(Localization.of(study, what, layer, looked.size() > 1));
        }
        for (Localization cam : made) {
          Map<String, Object> record = Provenance.of(command, study);
          record.putAll(cam.record());
          Path written = cam.write(output.folder(), photograph, record, output.raw());
          record.put("picture", written.toString());
          records.add(record);
          if (!output.json()) {
            CommandOutput.line("gradcam of %s at %s in %s", what.name(), cam.layer(), written);
          }
        }
        if (output.json()) {
          CommandOutput.json(records.size() == 1 ? records.get(0) : records);
        }
      }
    }
    return 0;
  }
}
