package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.plot.LinePlot;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.PictureGrid;
import dev.vitrine.viz.trust.CascadingRandomization;
import dev.vitrine.viz.trust.PixelMap;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sanity}: whether a method's map depends on what the network has learned. */
@Command(
    name = "sanity",
    mixinStandardHelpOptions = true,
    description =
        "Draws the weights anew, layer by layer from the scores down, and shows what becomes of the"
            + " maps: one that stays the same says nothing about the network.")
final class SanityCommand implements Callable<Integer> {
  /** Up to here a map counts as one that has changed. */
  private static final double PASSES = 0.5;

  private static final PictureGrid GRID = new PictureGrid(8, 160, 4);

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private MethodOptions methods;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Override
  public Integer call() {
    List<String> names = methods.names();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      Map<String, PixelMap> maps = new LinkedHashMap<>();
      names.forEach(n -> maps.put(n, methods.of(n, loaded, photograph, scored, model.seed())));
      try (Study study = new Study(loaded, photograph, Set.of(scored))) {
        TargetOptions.Target what = target.resolve(loaded, study.run());
        Subject subject = study.subject(what.objective());
        int each = 1 + CascadingRandomization.layers(loaded.network(), scored).size();
        Map<String, List<CascadingRandomization.Stage>> found = new LinkedHashMap<>();
        try (Progress bar =
            Progress.of("sanity", 0, (long) each * names.size(), Progress.Unit.STEPS)) {
          maps.forEach(
              (name, map) ->
                  found.put(
                      name,
                      new CascadingRandomization(model.seed())
                          .of(subject, map, stage -> bar.step())));
        }
        write(study, what, found);
      }
    }
    return 0;
  }

  private void write(
      Study study,
      TargetOptions.Target what,
      Map<String, List<CascadingRandomization.Stage>> found) {
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    Map<String, Object> record = Provenance.of(command, study);
    record.put("target", Attribution.targetRecord(what));
    List<Map<String, Object>> results = new ArrayList<>();
    List<LinePlot.Curve> curves = new ArrayList<>();
    List<LinePlot.Mark> marks = new ArrayList<>();
    found.forEach(
        (name, stages) -> {
          Map<String, Object> result = new LinkedHashMap<>();
          double[] at = new double[stages.size()];
          double[] values = new double[stages.size()];
          List<Picture> pictures = new ArrayList<>();
          Map<String, Object> correlations = new LinkedHashMap<>();
          for (int i = 0; i < stages.size(); i++) {
            CascadingRandomization.Stage stage = stages.get(i);
            at[i] = stages.size() == 1 ? 0 : i / (stages.size() - 1.0);
            values[i] = stage.correlation();
            String down = stage.layer() == null ? "as learned" : stage.layer();
            correlations.put(down, Double.isNaN(values[i]) ? null : values[i]);
            if (curves.isEmpty()) {
              marks.add(new LinePlot.Mark(at[i], down));
            }
            pictures.add(picture(study, stage.map()));
          }
          curves.add(new LinePlot.Curve(name, at, values));
          double last = values[values.length - 1];
          String file = stem + "-sanity-" + name;
          result.put("method", name);
          result.put("correlations", correlations);
          result.put("passes", !(last > PASSES));
          result.put("picture", folder.png(file, GRID.of(pictures)).toString());
          folder.json(file, with(record, result));
          results.add(result);
          if (!output.json()) {
            CommandOutput.line("%s", verdict(name, last));
          }
        });
    String file = stem + "-sanity";
    Path plot =
        folder.text(
            file + ".svg",
            new LinePlot(
                    "What is left of the maps of " + what.people() + ", " + stem,
                    "Rank correlation with the network's own map",
                    "weights drawn anew down to this layer",
                    marks,
                    curves)
                .svg());
    record.put("results", results);
    record.put("plot", plot.toString());
    folder.json(file, record);
    if (output.json()) {
      CommandOutput.json(record);
    } else {
      CommandOutput.line("plot: %s", plot);
    }
  }

  private static String verdict(String name, double last) {
    if (Double.isNaN(last)) {
      return name + " passes: with every weight drawn anew its map is the same everywhere";
    }
    return String.format(
        Locale.ROOT,
        "%s %s: rank correlation %.2f with every weight drawn anew",
        name,
        last > PASSES ? "FAILS" : "passes",
        last);
  }

  private static Picture picture(Study study, float[] map) {
    int h = study.photograph().input().height();
    int w = study.photograph().input().width();
    return HeatMap.of(h, w, map).picture(HeatMap.Scaling.ROBUST, ColorMap.INFERNO, h, w);
  }

  private static Map<String, Object> with(Map<String, Object> record, Map<String, Object> own) {
    Map<String, Object> all = new LinkedHashMap<>(record);
    all.putAll(own);
    return all;
  }
}
