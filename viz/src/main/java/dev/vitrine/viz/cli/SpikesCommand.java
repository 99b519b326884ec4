package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.plot.Exhibit;
import dev.vitrine.viz.plot.SpikePlot;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code spikes}: which channels answer most, as a plot. */
@Command(
    name = "spikes",
    mixinStandardHelpOptions = true,
    description = "Plots the mean activation of every channel of some layers, the peaks named.")
final class SpikesCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private LayerOptions layers;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--peaks",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many of the largest are named. Default: ${DEFAULT-VALUE}.")
  private int peaks;

  @Option(
      names = "--explain-peaks",
      description =
          "Below the plot the image that excites each peak most, made in fewer rounds than maximize"
              + " takes.")
  private boolean explain;

  @Override
  public Integer call() {
    if (peaks < 1) {
      throw new ParameterException(
          command.commandLine(), "--peaks is " + peaks + "; it must be 1 or more");
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      List<String> chosen = layers.resolve(loaded, photograph);
      try (Study study = new Study(loaded, photograph, new LinkedHashSet<>(chosen))) {
        List<ChannelMaps> maps = chosen.stream().map(l -> ChannelMaps.of(study.run(), l)).toList();
        write(study, chosen, maps, explain ? exciting(loaded, maps) : Map.of());
      }
    }
    return 0;
  }

  private Map<String, List<Excitation.Made>> exciting(Model loaded, List<ChannelMaps> maps) {
    Excitation excitation = new Excitation(loaded, maps, peaks, model.seed());
    try (Progress progress =
        Progress.of("peaks", 0, excitation.work(), new Progress.Unit(" Mpx", 1_000_000))) {
      return excitation.run(progress);
    }
  }

  /** Nothing is written before everything is computed. */
  private void write(
      Study study,
      List<String> chosen,
      List<ChannelMaps> all,
      Map<String, List<Excitation.Made>> exciting) {
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    List<Map<String, Object>> records = new ArrayList<>();
    for (ChannelMaps maps : all) {
      List<Excitation.Made> made = exciting.getOrDefault(maps.layer(), List.of());
      double[] means = maps.means();
      Map<String, Object> record = Provenance.of(command, study);
      record.put("method", "spikes");
      record.put("layer", maps.layer());
      record.put("peaks", maps.strongest(peaks).stream().map(c -> peak(c, means[c])).toList());
      record.put("means", means);
      record.put("pictures", pictures(study, folder, made));
      String file = LayerOptions.file(stem, "spikes", maps.layer(), chosen);
      String title = "Mean activations of " + maps.layer() + ", " + stem;
      Path written =
          folder.text(
              file + ".svg",
              SpikePlot.of(maps, peaks)
                  .svg(title, made.stream().map(SpikesCommand::exhibit).toList()));
      folder.json(file, record);
      if (output.raw()) {
        float[] raw = new float[means.length];
        for (int c = 0; c < raw.length; c++) {
          raw[c] = (float) means[c];
        }
        folder.npy(file, new int[] {raw.length}, raw);
      }
      record.put("plot", written.toString());
      records.add(record);
      if (!output.json()) {
        CommandOutput.line("%s: strongest %s, in %s", maps.layer(), maps.strongest(peaks), written);
      }
    }
    if (output.json()) {
      CommandOutput.json(records.size() == 1 ? records.get(0) : records);
    }
  }

  private static Map<String, Object> peak(int channel, double mean) {
    Map<String, Object> peak = new LinkedHashMap<>();
    peak.put("channel", channel);
    peak.put("mean", mean);
    return peak;
  }

  /** Writes what excites the peaks and returns the files. */
  private List<String> pictures(Study study, OutputFolder folder, List<Excitation.Made> made) {
    List<String> files = new ArrayList<>();
    for (Excitation.Made one : made) {
      String file = study.photograph().stem() + "-maximize-" + one.layer() + "-" + one.channel();
      files.add(folder.png(file, one.picture()).toString());
      Map<String, Object> record = Provenance.of(command, study);
      record.putAll(one.record());
      folder.json(file, record);
    }
    return files;
  }

  private static Exhibit exhibit(Excitation.Made made) {
    return new Exhibit(
        "channel " + made.channel(),
        made.result().dead()
            ? "dead: no gradient arrives"
            : "from " + SpikePlot.number(made.from()) + " to " + SpikePlot.number(made.to()),
        made.picture());
  }
}
