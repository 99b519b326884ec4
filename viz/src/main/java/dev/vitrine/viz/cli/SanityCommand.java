package dev.vitrine.viz.cli;

import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.plot.LinePlot;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.PictureGrid;
import dev.vitrine.viz.render.Table;
import dev.vitrine.viz.trust.CascadingRandomization;
import dev.vitrine.viz.trust.Control;
import dev.vitrine.viz.trust.RankCorrelation;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sanity}: whether a method's map depends on what the network has learned. */
@Command(
    name = "sanity",
    mixinStandardHelpOptions = true,
    description =
        "Draws the weights anew, layer by layer from the scores down, and shows what becomes of the"
            + " maps: one that stays the same says nothing about the network.")
final class SanityCommand extends ExaminationCommand<SanityCommand.Sanity> {
  private static final PictureGrid GRID = new PictureGrid(8, 160, 4);

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "5",
      description =
          "How many networks with all weights drawn anew are held against the learned one; the"
              + " pictures and curves are those of the first. Default: ${DEFAULT-VALUE}.")
  private int draws;

  /**
   * What is left of a method's map.
   *
   * @param map its own
   * @param edges the rank correlation of that with the photograph's edges
   * @param drawn those with the maps of networks all of whose weights are drawn anew
   */
  record Sanity(float[] map, double edges, double[] drawn) {
    /** Up to here a map counts as one that has changed. */
    private static final double PASSES = 0.5;

    /** True if there is a map at all: one that is the same everywhere has no order of pixels. */
    boolean hasMap() {
      return !Double.isNaN(RankCorrelation.of(map, map));
    }

    /** The mean; a map that has become the same everywhere has nothing in common with another. */
    double left() {
      return Arrays.stream(drawn).map(r -> Double.isNaN(r) ? 0 : r).average().orElse(0);
    }

    static boolean passes(double left) {
      return left <= PASSES;
    }
  }

  @Override
  void check() {
    if (draws < 1) {
      throw usage("--draws is " + draws + "; it must be 1 or more");
    }
  }

  @Override
  Finding<Sanity> examine(
      Study study, TargetOptions.Target what, Map<String, MethodOptions.Examined> examined) {
    Map<String, Sanity> found = new LinkedHashMap<>();
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    Map<String, Object> record = Provenance.of(command, study);
    record.put("target", Attribution.targetRecord(what));
    List<String> down = new ArrayList<>(List.of("as learned"));
    down.addAll(CascadingRandomization.layers(study.model().network(), what.objective().layer()));
    List<Map<String, Object>> results = new ArrayList<>();
    List<LinePlot.Curve> curves = new ArrayList<>();
    float[] edges = Control.SOBEL.of(study.subject(what.objective()));
    try (Progress bar =
        Progress.of(
            "sanity", 0, (long) (down.size() + draws - 1) * examined.size(), Progress.Unit.STEPS)) {
      examined.forEach(
          (name, method) -> {
            Subject subject = study.subject(method.target().objective());
            List<CascadingRandomization.Stage> stages =
                new CascadingRandomization(model.seed())
                    .of(subject, method.map(), stage -> bar.step());
            float[] own = stages.get(0).map();
            double[] drawn = new double[draws];
            drawn[0] = stages.get(stages.size() - 1).correlation();
            for (int i = 1; i < draws; i++) {
              drawn[i] =
                  new CascadingRandomization(model.seed() + i).left(subject, method.map(), own);
              bar.step();
            }
            Sanity sanity = new Sanity(own, RankCorrelation.of(own, edges), drawn);
            found.put(name, sanity);
            curves.add(curve(name, stages, down));
            Map<String, Object> result = result(name, stages, sanity);
            if (!method.target().equals(what)) {
              result.put("target", Attribution.targetRecord(method.target()));
            }
            String file = stem + "-sanity-" + name;
            List<Picture> pictures = stages.stream().map(s -> picture(study, s.map())).toList();
            result.put("picture", folder.png(file, GRID.of(pictures)).toString());
            folder.json(file, with(record, result));
            results.add(result);
            if (!output.json()) {
              CommandOutput.line("%s", verdict(name, sanity));
            }
          });
    }
    List<LinePlot.Mark> marks = new ArrayList<>();
    down.forEach(layer -> marks.add(new LinePlot.Mark(at(layer, down), layer)));
    Path plot =
        folder.text(
            stem + "-sanity.svg",
            new LinePlot(
                    "What is left of the maps of " + what.people() + ", " + stem,
                    "Rank correlation with the network's own map",
                    "weights drawn anew down to this layer",
                    marks,
                    curves)
                .svg());
    record.put("results", results);
    record.put("plot", plot.toString());
    folder.json(stem + "-sanity", record);
    if (!output.json()) {
      CommandOutput.line("plot: %s", plot);
    }
    return new Finding<>(stem, found, record);
  }

  private static Map<String, Object> result(
      String name, List<CascadingRandomization.Stage> stages, Sanity sanity) {
    Map<String, Object> correlations = new LinkedHashMap<>();
    stages.forEach(
        s ->
            correlations.put(
                s.layer() == null ? "as learned" : s.layer(), numberOrNull(s.correlation())));
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("method", name);
    result.put("correlations", correlations);
    result.put("drawn", Arrays.stream(sanity.drawn()).mapToObj(r -> numberOrNull(r)).toList());
    result.put("correlation", sanity.hasMap() ? sanity.left() : null);
    result.put("withEdges", numberOrNull(sanity.edges()));
    result.put("passes", sanity.hasMap() ? Sanity.passes(sanity.left()) : null);
    return result;
  }

  /** A method that explains a unit begins further down than the scores. */
  private static LinePlot.Curve curve(
      String name, List<CascadingRandomization.Stage> stages, List<String> down) {
    return new LinePlot.Curve(
        name,
        stages.stream().mapToDouble(s -> s.layer() == null ? 0 : at(s.layer(), down)).toArray(),
        stages.stream().mapToDouble(CascadingRandomization.Stage::correlation).toArray());
  }

  private static double at(String layer, List<String> down) {
    return down.size() == 1 ? 0 : down.indexOf(layer) / (down.size() - 1.0);
  }

  @Override
  Table table(List<Finding<Sanity>> findings, List<Map<String, Object>> numbers) {
    List<String> head = new ArrayList<>(List.of("method"));
    findings.forEach(f -> head.add(f.photograph()));
    head.addAll(List.of("mean", "another photograph", "edges", "verdict"));
    List<List<String>> rows = new ArrayList<>();
    for (String name : findings.get(0).methods().keySet()) {
      List<Sanity> all = findings.stream().map(f -> f.methods().get(name)).toList();
      List<String> row = new ArrayList<>(List.of(name));
      all.forEach(s -> row.add(text(s.hasMap() ? s.left() : Double.NaN)));
      List<Sanity> shown = all.stream().filter(Sanity::hasMap).toList();
      double mean = shown.stream().mapToDouble(Sanity::left).average().orElse(Double.NaN);
      double others = others(shown);
      double edges = shown.stream().mapToDouble(Sanity::edges).average().orElse(Double.NaN);
      row.add(text(mean));
      row.add(text(others));
      row.add(text(edges));
      row.add(shown.isEmpty() ? "no map" : Sanity.passes(mean) ? "passes" : "FAILS");
      rows.add(row);
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("method", name);
      record.put("correlation", numberOrNull(mean));
      record.put("anotherPhotograph", numberOrNull(others));
      record.put("withEdges", numberOrNull(edges));
      record.put("passes", shown.isEmpty() ? null : Sanity.passes(mean));
      numbers.add(record);
    }
    return new Table(head, rows);
  }

  /** The mean over the pairs of photographs: what maps have in common that only share a method. */
  private static double others(List<Sanity> all) {
    double sum = 0;
    int pairs = 0;
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (all.get(i).map().length == all.get(j).map().length) {
          sum += RankCorrelation.of(all.get(i).map(), all.get(j).map());
          pairs++;
        }
      }
    }
    return sum / pairs;
  }

  private static Double numberOrNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private static String text(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String verdict(String name, Sanity sanity) {
    if (!sanity.hasMap()) {
      return name + " says nothing: its map is the same everywhere as it is";
    }
    return String.format(
        Locale.ROOT,
        "%s %s: rank correlation %.2f with every weight drawn anew",
        name,
        Sanity.passes(sanity.left()) ? "passes" : "FAILS",
        sanity.left());
  }

  private static Picture picture(Study study, float[] map) {
    int h = study.photograph().input().height();
    int w = study.photograph().input().width();
    return HeatMap.of(h, w, map).picture(HeatMap.Scaling.ROBUST, ColorMap.INFERNO, h, w);
  }
}
