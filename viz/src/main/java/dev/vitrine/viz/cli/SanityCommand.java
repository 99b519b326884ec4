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
import dev.vitrine.viz.trust.PixelMap;
import dev.vitrine.viz.trust.RankCorrelation;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
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

  @Option(
      names = "--stages",
      paramLabel = "N",
      description = "How many maps on the way down. Default: one for each layer with weights.")
  private Integer stages;

  /**
   * What is left of a method's map.
   *
   * @param map its own
   * @param edges the rank correlation of that with the photograph's edges
   * @param way the mean of those with the maps on the way, as layer after layer is drawn anew
   * @param drawn those with the maps of networks all of whose weights are drawn anew
   */
  record Sanity(float[] map, double edges, double way, double[] drawn) {
    /** Up to here a map counts as one that has changed. */
    private static final double PASSES = 0.5;

    /** True if there is a map at all: one that is the same everywhere has no order of pixels. */
    boolean hasMap() {
      return !Double.isNaN(RankCorrelation.of(map, map));
    }

    /** At the end, the mean over the draws. */
    double left() {
      return mean(Arrays.stream(drawn));
    }

    /** A map that has become the same everywhere has nothing in common with another. */
    static double mean(DoubleStream correlations) {
      return correlations.map(r -> Double.isNaN(r) ? 0 : r).average().orElse(0);
    }

    boolean passes() {
      return passes(left(), way);
    }

    static boolean passes(double left, double way) {
      return left <= PASSES && way <= PASSES;
    }
  }

  @Override
  void check() {
    if (draws < 1) {
      throw usage("--draws is " + draws + "; it must be 1 or more");
    }
    if (stages != null && stages < 1) {
      throw usage("--stages is " + stages + "; it must be 1 or more");
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
    List<String> layers =
        CascadingRandomization.layers(study.model().network(), what.objective().layer());
    List<String> stops =
        CascadingRandomization.stops(layers, stages == null ? layers.size() : stages);
    List<String> down = new ArrayList<>(List.of("as learned"));
    down.addAll(stops);
    List<Map<String, Object>> results = new ArrayList<>();
    List<LinePlot.Curve> curves = new ArrayList<>();
    float[] edges = Control.SOBEL.of(study.subject(what.objective()));
    try (Progress bar =
        Progress.of(
            "sanity", 0, (long) (down.size() + draws - 1) * examined.size(), Progress.Unit.STEPS)) {
      examined.forEach(
          (name, method) -> {
            Subject subject = study.subject(method.target().objective());
            List<CascadingRandomization.Stage> cascade =
                new CascadingRandomization(model.seed())
                    .of(subject, method.map(), stops, stage -> bar.step());
            Sanity sanity = measured(subject, method.map(), cascade, edges, bar::step);
            found.put(name, sanity);
            curves.add(curve(name, cascade, down));
            Map<String, Object> result = result(name, cascade, sanity);
            if (!method.target().equals(what)) {
              result.put("target", Attribution.targetRecord(method.target()));
            }
            String file = stem + "-sanity-" + name;
            List<Picture> pictures = cascade.stream().map(s -> picture(study, s.map())).toList();
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

  private Sanity measured(
      Subject subject,
      PixelMap method,
      List<CascadingRandomization.Stage> cascade,
      float[] edges,
      Runnable progress) {
    float[] own = cascade.get(0).map();
    double[] drawn = new double[draws];
    drawn[0] = cascade.get(cascade.size() - 1).correlation();
    for (int i = 1; i < draws; i++) {
      drawn[i] = new CascadingRandomization(model.seed() + i).left(subject, method, own);
      progress.run();
    }
    DoubleStream way =
        cascade.stream().skip(1).mapToDouble(CascadingRandomization.Stage::correlation);
    return new Sanity(own, RankCorrelation.of(own, edges), Sanity.mean(way), drawn);
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
    result.put("onTheWay", sanity.hasMap() ? sanity.way() : null);
    result.put("withEdges", numberOrNull(sanity.edges()));
    result.put("passes", sanity.hasMap() ? sanity.passes() : null);
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
    head.addAll(List.of("mean", "on the way", "another photograph", "edges", "verdict"));
    List<List<String>> rows = new ArrayList<>();
    for (String name : findings.get(0).methods().keySet()) {
      List<Sanity> all = findings.stream().map(f -> f.methods().get(name)).toList();
      List<String> row = new ArrayList<>(List.of(name));
      all.forEach(s -> row.add(text(s.hasMap() ? s.left() : Double.NaN)));
      List<Sanity> shown = all.stream().filter(Sanity::hasMap).toList();
      double mean = mean(shown, Sanity::left);
      double way = mean(shown, Sanity::way);
      double others = others(shown);
      double edges = mean(shown, Sanity::edges);
      boolean passes = Sanity.passes(mean, way);
      row.addAll(List.of(text(mean), text(way), text(others), text(edges)));
      row.add(shown.isEmpty() ? "no map" : passes ? "passes" : "FAILS");
      rows.add(row);
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("method", name);
      record.put("correlation", numberOrNull(mean));
      record.put("onTheWay", numberOrNull(way));
      record.put("anotherPhotograph", numberOrNull(others));
      record.put("withEdges", numberOrNull(edges));
      record.put("passes", shown.isEmpty() ? null : passes);
      numbers.add(record);
    }
    return new Table(head, rows);
  }

  private static double mean(List<Sanity> all, ToDoubleFunction<Sanity> figure) {
    return all.stream().mapToDouble(figure).average().orElse(Double.NaN);
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
        "%s %s: rank correlation %.2f with every weight drawn anew, %.2f on the way there",
        name,
        sanity.passes() ? "passes" : "FAILS",
        sanity.left(),
        sanity.way());
  }

  private static Picture picture(Study study, float[] map) {
    int h = study.photograph().input().height();
    int w = study.photograph().input().width();
    return HeatMap.of(h, w, map).picture(HeatMap.Scaling.ROBUST, ColorMap.INFERNO, h, w);
  }
}
