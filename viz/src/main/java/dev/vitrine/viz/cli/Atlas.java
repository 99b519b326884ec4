package dev.vitrine.viz.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.page.AtlasPage;
import dev.vitrine.viz.plot.SpikePlot;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Every method's pictures of one photograph, by class and layer, and the page that shows them. */
final class Atlas {
  private static final List<AtlasPage.Group> GROUPS =
      List.of(
          new AtlasPage.Group("pixels", "Which pixels"),
          new AtlasPage.Group("where", "Where"),
          new AtlasPage.Group("layers", "What layers answer"),
          new AtlasPage.Group("excites", "What excites channels"));

  /** One pass for each channel: of the last layer alone. */
  private static final Set<String> SLOW = Set.of("scorecam", "ablation-cam");

  private static final int HEAT = 512;

  /** A page of a hundred pictures need not hold each at a camera's size. */
  private static final int LONGEST = 800;

  private final CommandSpec command;
  private final ModelOptions model;
  private final Demonstration shown;
  private final List<TargetOptions.Target> targets;
  private final OutputFolder folder;
  private final OutputFolder pictures;
  private final String stem;
  private final Map<String, String> sanity;
  private final List<AtlasPage.Entry> entries = new ArrayList<>();
  private final Set<String> refused = new LinkedHashSet<>();

  /** One picture to be made. */
  private record Plan(
      String group, String method, TargetOptions.Target target, String layer, String words) {}

  Atlas(
      CommandSpec command,
      ModelOptions model,
      Demonstration shown,
      List<TargetOptions.Target> targets,
      OutputFolder folder) {
    this.command = command;
    this.model = model;
    this.shown = shown;
    this.targets = targets;
    this.folder = folder;
    this.stem = shown.study().photograph().stem();
    this.pictures = new OutputFolder(folder.path().resolve(stem + "-atlas"));
    this.sanity = sanity(folder.path().resolve(stem + "-sanity.json"));
  }

  /** Makes everything; a picture is written as soon as it is there, the page last. */
  Map<String, Object> write() {
    InputOptions.Photograph photograph = shown.study().photograph();
    List<Plan> plans = plans();
    pictures.png("photograph", Resize.BICUBIC.within(photograph.shown(), LONGEST));
    pictures.json("photograph", record(Map.of("method", "photograph")));
    try (Progress bar = Progress.of("atlas", 0, plans.size(), Progress.Unit.STEPS)) {
      for (Plan plan : plans) {
        try {
          entries.add(made(plan));
        } catch (BadInputException e) {
          refused.add(plan.method() + ": " + e.getMessage());
        }
        bar.step();
      }
      refused.forEach(bar::note);
    }
    AtlasPage page =
        new AtlasPage(
            stem,
            shown.study().model().name(),
            pictures.path().getFileName().toString(),
            photograph.about());
    page.photograph(file("photograph.png"), photograph.shown(), photograph.seen());
    page.choices(
        GROUPS.stream()
            .filter(g -> entries.stream().anyMatch(e -> e.group().equals(g.id())))
            .toList(),
        targets.stream().map(t -> new AtlasPage.Target(t.name(), t.people())).toList(),
        layers(),
        entries);
    page.footer(
        Version.text(),
        shown.study().model().hash(),
        shown.study().model().network().backend().description());
    Path html = folder.text(stem + "-atlas.html", page.html());
    Map<String, Object> result =
        record(
            Map.of(
                "method", "atlas",
                "pictures", entries.stream().map(AtlasPage.Entry::file).toList(),
                "refused", List.copyOf(refused)));
    folder.json(stem + "-atlas", result);
    result.put("page", html.toString());
    return result;
  }

  /** From early to late, the one whose channels are shown by default among them. */
  private List<String> layers() {
    List<String> order =
        shown.study().model().network().layers().stream().map(l -> l.name()).toList();
    Set<String> all = new LinkedHashSet<>();
    entries.stream().filter(e -> e.layer() != null).forEach(e -> all.add(e.layer()));
    return order.stream().filter(all::contains).toList();
  }

  private List<Plan> plans() {
    List<Plan> plans = new ArrayList<>();
    List<String> depths = shown.depths();
    String last = depths.get(depths.size() - 1);
    for (AttributionMethod method : AttributionMethod.values()) {
      String words = "attribute %s --method " + method;
      if (method == AttributionMethod.DECONVNET) {
        depths.forEach(
            layer -> {
              String unit = TargetOptions.Target.strongest(shown.study().run(), layer).name();
              plans.add(plan("pixels", method, null, layer, words + " --unit " + unit));
            });
      } else {
        targets.forEach(t -> plans.add(plan("pixels", method, t, null, words + asked(t))));
      }
    }
    for (String method : CamOptions.NAMES) {
      List<String> looked = SLOW.contains(method) ? List.of(last) : depths;
      for (TargetOptions.Target t : targets) {
        if (method.equals("cam")) { // of the one layer whose mean is the score
          plans.add(plan("where", method, t, null, "cam %s --method cam" + asked(t)));
          continue;
        }
        for (String layer : looked) {
          String words = "cam %s --method " + method + " --layer " + layer + asked(t);
          plans.add(plan("where", method, t, layer, words));
        }
      }
    }
    for (String layer : depths) {
      String of = " --layer " + layer;
      plans.add(plan("layers", "activations", null, layer, "activations %s" + of));
      plans.add(plan("layers", "spikes", null, layer, "spikes %s" + of));
    }
    String every = depths.stream().map(l -> " --layer " + l).collect(Collectors.joining());
    plans.add(plan("layers", "hypercolumn", null, null, "hypercolumn %s" + every));
    plans.add(plan("layers", "filters", null, null, "filters"));
    for (String layer : depths) {
      int channel = strongest(layer);
      String of = " --layer " + layer + " --channel " + channel;
      String unit = " --unit " + layer + ":" + channel + "@top9";
      plans.add(
          plan("excites", "top-images", null, layer, "attribute %s --method deconvnet" + unit));
      for (String preset : List.of("graetz", "chollet", "lucid")) {
        plans.add(plan("excites", preset, null, layer, "maximize --preset " + preset + of));
      }
      plans.add(plan("excites", "dream", null, layer, "dream %s --size 480 --layer " + layer));
    }
    return plans;
  }

  private static Plan plan(
      String group, Object method, TargetOptions.Target target, String layer, String words) {
    return new Plan(group, method.toString(), target, layer, words);
  }

  private int strongest(String layer) {
    return ChannelMaps.of(shown.study().run(), layer).strongest(1).get(0);
  }

  private static String asked(TargetOptions.Target target) {
    return target.label() == null
        ? " --unit " + target.name()
        : " --class " + target.label().index();
  }

  private AtlasPage.Entry made(Plan plan) {
    String name =
        plan.method()
            + (plan.target() == null ? "" : "-" + plan.target().name())
            + (plan.layer() == null ? "" : "-" + plan.layer());
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("method", plan.method());
    record.put("layer", plan.layer());
    if (plan.target() != null) {
      record.put("target", Attribution.targetRecord(plan.target()));
    }
    List<AtlasPage.Figure> figures = new ArrayList<>();
    String picture;
    String heat = null;
    if (plan.method().equals("spikes")) {
      ChannelMaps maps = ChannelMaps.of(shown.study().run(), plan.layer());
      String svg =
          SpikePlot.of(maps).svg("Mean activations of " + maps.layer() + ", " + stem, List.of());
      picture = pictures.text(name + ".svg", svg).getFileName().toString();
    } else {
      Demonstration.Shown made = made(plan.method(), plan.target(), plan.layer());
      picture =
          pictures
              .png(name, Resize.BICUBIC.within(made.picture(), LONGEST))
              .getFileName()
              .toString();
      if (made.heat() != null) {
        heat = pictures.png(name + "-map", drawn(made)).getFileName().toString();
      }
      record.putAll(made.figures());
      made.figures()
          .forEach((what, value) -> figures.add(new AtlasPage.Figure(words(what), text(value))));
    }
    if (sanity.containsKey(plan.method())) {
      figures.add(new AtlasPage.Figure("left with random weights", sanity.get(plan.method())));
    }
    pictures.json(name, record(record));
    return new AtlasPage.Entry(
        plan.group(),
        plan.method(),
        plan.target() == null ? null : plan.target().name(),
        plan.layer(),
        file(picture),
        heat == null ? null : file(heat),
        command(plan.words()),
        figures);
  }

  private Demonstration.Shown made(String method, TargetOptions.Target target, String layer) {
    TargetOptions.Target what = target == null ? shown.target() : target;
    return layer == null ? shown.of(method, what) : shown.of(method, what, layer);
  }

  private static Picture drawn(Demonstration.Shown made) {
    HeatMap heat = made.heat();
    double scale = (double) HEAT / Math.max(heat.height(), heat.width());
    return heat.picture(
        made.scaling(),
        ColorMap.INFERNO,
        (int) Math.max(1, Math.round(scale * heat.height())),
        (int) Math.max(1, Math.round(scale * heat.width())));
  }

  private String file(String name) {
    return pictures.path().getFileName() + "/" + name;
  }

  private String command(String words) {
    String image = quoted(shown.study().photograph().file().toString());
    return "./vitrine "
        + words.replace("%s", image)
        + (model.isNamed() ? " --model " + quoted(model.name()) : "");
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./:@+,-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static String words(String figure) {
    return switch (figure) {
      case "gap" -> "completeness gap";
      case "sum" -> "sum of the parts";
      case "atBaseline" -> "score of the baseline";
      default -> figure.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
    };
  }

  private static String text(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private Map<String, Object> record(Map<String, ?> own) {
    Map<String, Object> record = Provenance.of(command, shown.study());
    record.putAll(own);
    return record;
  }

  /** What {@code sanity} found about this photograph, if it was run into the same folder. */
  private static Map<String, String> sanity(Path file) {
    Map<String, String> found = new LinkedHashMap<>();
    if (!Files.exists(file)) {
      return found;
    }
    try {
      for (JsonNode result : new ObjectMapper().readTree(Files.readString(file)).path("results")) {
        JsonNode left = result.path("correlation");
        if (left.isNumber()) {
          String verdict = result.path("passes").asBoolean() ? "passes" : "fails";
          found.put(
              result.path("method").asText(),
              String.format(Locale.ROOT, "%.2f of the map: it %s", left.asDouble(), verdict));
        }
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
