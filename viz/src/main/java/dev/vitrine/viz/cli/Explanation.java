package dev.vitrine.viz.cli;

import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.page.ExplainPage;
import dev.vitrine.viz.render.ChannelGrid;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.Opacity;
import dev.vitrine.viz.render.OutputFolder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * All that {@code explain} found out, and how it is written down.
 *
 * @param excited the pictures by layer; empty if none were made
 */
record Explanation(
    CommandSpec command,
    Study study,
    TargetOptions.Target target,
    List<PredictCommand.Row> top,
    Localization cam,
    List<Attribution> attributions,
    List<ChannelMaps> depths,
    Map<String, List<Excitation.Made>> excited) {
  private static final int CHANNELS = 64;
  private static final int COLUMNS = 8;

  /** Writes the pictures, their records and the page; the page's record is the result. */
  Map<String, Object> write(OutputFolder folder, boolean raw) {
    InputOptions.Photograph photograph = study.photograph();
    String stem = photograph.stem();
    Map<String, Object> result = Provenance.of(command, study);
    List<Map<String, Object>> pictures = new ArrayList<>();
    result.put("top", top);
    result.put("pictures", pictures);
    ExplainPage page = page();

    folder.png(stem + "-photograph", photograph.shown());
    folder.json(stem + "-photograph", with(Map.of("method", "photograph")));
    Path written = writeCam(folder, raw);
    pictures.add(with(cam.record(), written));
    for (Attribution made : attributions) {
      written = made.write(folder, photograph, with(made.record()), raw);
      pictures.add(with(made.record(), written));
    }
    for (ChannelMaps maps : depths) {
      pictures.add(writeActivations(folder, maps, raw));
      for (Excitation.Made made : excited.getOrDefault(maps.layer(), List.of())) {
        String file = stem + "-maximize-" + maps.layer() + "-" + made.channel();
        written = folder.png(file, made.picture());
        folder.json(file, with(made.record()));
        pictures.add(with(made.record(), written));
      }
    }
    Path html = folder.text(stem + "-explain.html", page.html());
    result.put("page", html.toString());
    folder.json(stem + "-explain", result);
    return result;
  }

  private Path writeCam(OutputFolder folder, boolean raw) {
    Path written =
        folder.png(
            cam.file(),
            cam.heat()
                .overlay(
                    study.photograph().shown(),
                    study.photograph().seen(),
                    HeatMap.Scaling.POSITIVE,
                    ColorMap.INFERNO,
                    Opacity.GROWING));
    folder.json(cam.file(), with(cam.record()));
    if (raw) {
      folder.npy(cam.file(), new int[] {cam.map().h(), cam.map().w()}, cam.map().values());
    }
    return written;
  }

  /** The strongest channels as a grid, and if asked all of them and their means as numbers. */
  private Map<String, Object> writeActivations(OutputFolder folder, ChannelMaps maps, boolean raw) {
    String stem = study.photograph().stem();
    List<Integer> strongest = maps.strongest(CHANNELS);
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("method", "activations");
    record.put("layer", maps.layer());
    record.put("shape", new int[] {maps.h(), maps.w(), maps.channels()});
    record.put("channels", strongest);
    double[] means = maps.means();
    record.put("means", strongest.stream().map(c -> means[c]).toList());
    String file = stem + "-activations-" + maps.layer();
    Path written =
        folder.png(
            file,
            new ChannelGrid(COLUMNS, 1, ChannelGrid.Scaling.STANDARDIZED, ColorMap.VIRIDIS)
                .of(maps, strongest));
    folder.json(file, with(record));
    if (raw) {
      folder.npy(file, new int[] {maps.h(), maps.w(), maps.channels()}, maps.values());
      float[] spikes = new float[means.length];
      for (int c = 0; c < spikes.length; c++) {
        spikes[c] = (float) means[c];
      }
      folder.npy(stem + "-spikes-" + maps.layer(), new int[] {spikes.length}, spikes);
    }
    return with(record, written);
  }

  private ExplainPage page() {
    InputOptions.Photograph photograph = study.photograph();
    ExplainPage page = new ExplainPage(photograph.stem(), study.model().name());
    page.photograph(photograph.shown(), photograph.seen(), photograph.about());
    page.verdict(verdict());
    top.forEach(row -> page.row(row.name(), row.probability(), row.logit()));
    page.overlay(
        "Grad-CAM",
        String.format(
            Locale.ROOT,
            "Bright where layer %s sees what speaks for %s; its map has %d x %d cells, so it says"
                + " roughly where and draws no outline.",
            cam.layer(),
            target.people(),
            cam.map().w(),
            cam.map().h()),
        "Map of where Grad-CAM finds " + target.people(),
        cam.heat(),
        HeatMap.Scaling.POSITIVE);
    for (Attribution made : attributions) {
      String name = made.target().people();
      page.overlay(
          title(made.method()),
          magnitude(made.method(), name),
          "Map of the size of the " + made.method() + " of " + name + " at each pixel",
          made.magnitude(),
          HeatMap.Scaling.ROBUST);
      page.picture(
          title(made.method()),
          colours(made.method(), name),
          title(made.method()) + " of " + name + ", about neutral grey",
          made.picture(photograph));
    }
    for (ChannelMaps maps : depths) {
      page.depth(
          maps,
          excited.getOrDefault(maps.layer(), List.of()).stream()
              .map(m -> new ExplainPage.Exciting(m.channel(), m.picture(), m.from(), m.to()))
              .toList());
    }
    if (!excited.isEmpty()) {
      page.exciting(Excitation.about());
    }
    page.footer(
        Version.text(), study.model().hash(), study.model().network().backend().description());
    return page;
  }

  /** What it is taken for, and what is explained. */
  private String verdict() {
    String explained = "The maps below explain " + target.people() + ".";
    if (top.isEmpty()) {
      return explained;
    }
    PredictCommand.Row first = top.get(0);
    String sure =
        first.probability() == null
            ? String.format(Locale.ROOT, "logit %.2f", first.logit())
            : String.format(Locale.ROOT, "%.1f %%", 100 * first.probability());
    return "Its first guess is " + first.name().replace('_', ' ') + " (" + sure + "). " + explained;
  }

  private Map<String, Object> with(Map<String, Object> own) {
    Map<String, Object> record = new LinkedHashMap<>(Provenance.of(command, study));
    record.putAll(own);
    return record;
  }

  private static Map<String, Object> with(Map<String, Object> record, Path picture) {
    record.put("picture", picture.toString());
    return record;
  }

  private static String title(AttributionMethod method) {
    return switch (method) {
      case GRADIENT -> "Gradient";
      case GUIDED -> "Guided backpropagation";
      case DECONVNET -> "Deconvnet";
      default -> throw new IllegalArgumentException(method + " is not on the page");
    };
  }

  private static String magnitude(AttributionMethod method, String name) {
    return switch (method) {
      case GRADIENT ->
          "Bright where a small change of a pixel would change the score of "
              + name
              + " most; it does not say in which direction.";
      case GUIDED ->
          "Bright where what speaks for "
              + name
              + " comes back along active ReLUs; it shows what is picked up and is no derivative of the score.";
      case DECONVNET ->
          "Bright where what excites the one unit "
              + name
              + " lies, unpooled through the switches; it says nothing of the class.";
      default -> throw new IllegalArgumentException(method + " is not on the page");
    };
  }

  private static String colours(AttributionMethod method, String name) {
    return switch (method) {
      case GRADIENT ->
          "How each pixel would change the score of " + name + "; true of small changes only.";
      case GUIDED ->
          "What speaks for "
              + name
              + ", passed back along active ReLUs only; not what a change would do.";
      case DECONVNET ->
          "What excites unit "
              + name
              + ", unpooled through the switches; not why the class was chosen.";
      default -> throw new IllegalArgumentException(method + " is not on the page");
    };
  }
}
