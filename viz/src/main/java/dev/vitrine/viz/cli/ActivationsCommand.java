package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.viz.plot.BarPlot;
import dev.vitrine.viz.render.ChannelGrid;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code activations}: every channel of a few layers, and how much of each layer is zero. */
@Command(
    name = "activations",
    mixinStandardHelpOptions = true,
    description =
        "Shows every channel's map of some layers, those that are zero everywhere crossed out, and"
            + " which share of every layer is zero.")
final class ActivationsCommand implements Callable<Integer> {
  private static final int SMALLEST = 56;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private LayerOptions layers;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--scaling",
      paramLabel = "NAME",
      defaultValue = "standardized",
      description =
          "standardized: each map's mean is in the middle of the colours, two standard deviations"
              + " reach the ends; percentiles: its 1st and 99th percentile are the ends."
              + " Default: ${DEFAULT-VALUE}.")
  private String scaling;

  @Option(
      names = "--colors",
      paramLabel = "MAP",
      defaultValue = "viridis",
      description =
          "inferno, viridis, magma, plasma, grey or diverging. Default: ${DEFAULT-VALUE}.")
  private String colors;

  @Option(
      names = "--columns",
      paramLabel = "N",
      defaultValue = "16",
      description = "Maps in a row. Default: ${DEFAULT-VALUE}.")
  private int columns;

  /** One layer's share of zeros. */
  private record Sparsity(String layer, double zeros, int channels, int dead) {}

  @Override
  public Integer call() {
    ChannelGrid grid = grid();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      List<String> chosen = layers.resolveMaps(loaded, photograph);
      List<String> all = SpatialLayers.finished(loaded.network(), LayerOptions.input(photograph));
      Set<String> heard = new LinkedHashSet<>(all);
      heard.addAll(chosen);
      try (Study study = new Study(loaded, photograph, heard)) {
        List<Sparsity> sparsity = new ArrayList<>();
        for (String layer : all) {
          ChannelMaps maps = ChannelMaps.of(study.run(), layer);
          sparsity.add(new Sparsity(layer, maps.zeros(), maps.channels(), maps.dead().size()));
        }
        write(study, chosen, sparsity, grid);
      }
    }
    return 0;
  }

  private ChannelGrid grid() {
    if (columns < 1) {
      throw usage("--columns is " + columns + "; it must be 1 or more");
    }
    ColorMap map = Errors.option(command, () -> ColorMap.parse(colors));
    for (ChannelGrid.Scaling known : ChannelGrid.Scaling.values()) {
      if (known.toString().equals(scaling.toLowerCase(Locale.ROOT))) {
        return new ChannelGrid(columns, SMALLEST, known, map);
      }
    }
    throw usage("--scaling is '" + scaling + "'; it can be standardized or percentiles");
  }

  private void write(Study study, List<String> chosen, List<Sparsity> sparsity, ChannelGrid grid) {
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    List<Map<String, Object>> pictures = new ArrayList<>();
    for (String layer : chosen) {
      ChannelMaps maps = ChannelMaps.of(study.run(), layer);
      Map<String, Object> record = Provenance.of(command, study);
      record.put("method", "activations");
      record.put("layer", layer);
      record.put("shape", new int[] {maps.h(), maps.w(), maps.channels()});
      record.put("dead", maps.dead());
      record.put("zeros", maps.zeros());
      record.put("means", maps.means());
      String file = LayerOptions.file(stem, "activations", layer, chosen);
      List<Integer> every = IntStream.range(0, maps.channels()).boxed().toList();
      Path written = folder.png(file, grid.of(maps, every));
      folder.json(file, record);
      if (output.raw()) {
        folder.npy(file, new int[] {maps.h(), maps.w(), maps.channels()}, maps.values());
      }
      record.put("picture", written.toString());
      pictures.add(record);
      if (!output.json()) {
        CommandOutput.line(
            "%s: %d channels of %d x %d, %d dead, %.1f %% zeros, in %s",
            layer,
            maps.channels(),
            maps.w(),
            maps.h(),
            maps.dead().size(),
            100 * maps.zeros(),
            written);
      }
    }
    Path plot = writeSparsity(study, folder, sparsity);
    if (output.json()) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("image", study.photograph().file().toString());
      result.put("layers", pictures);
      result.put("sparsity", sparsity);
      result.put("plot", plot.toString());
      CommandOutput.json(result);
    } else {
      CommandOutput.line("sparsity of %d layers in %s", sparsity.size(), plot);
    }
  }

  private Path writeSparsity(Study study, OutputFolder folder, List<Sparsity> sparsity) {
    String stem = study.photograph().stem();
    BarPlot plot =
        new BarPlot(
            "Zeros in the layers of " + study.model().name() + ", " + stem,
            "share of a layer's values that are zero",
            sparsity.stream().map(ActivationsCommand::bar).toList());
    Path written = folder.text(stem + "-sparsity.svg", plot.svg());
    Map<String, Object> record = Provenance.of(command, study);
    record.put("method", "sparsity");
    record.put("layers", sparsity);
    folder.json(stem + "-sparsity", record);
    return written;
  }

  private static BarPlot.Bar bar(Sparsity s) {
    String share = String.format(Locale.ROOT, "%.1f %%", 100 * s.zeros());
    String dead = s.dead() == 0 ? "" : ", %d of %d dead".formatted(s.dead(), s.channels());
    return new BarPlot.Bar(s.layer(), s.zeros(), share + dead);
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
