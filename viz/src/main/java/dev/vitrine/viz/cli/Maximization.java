package dev.vitrine.viz.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrine.viz.cli.MaximizeCommand.Batch;
import dev.vitrine.viz.maximize.Direction;
import dev.vitrine.viz.maximize.Film;
import dev.vitrine.viz.maximize.Maximized;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.maximize.Task;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.PictureGrid;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Makes the pictures of {@code maximize} and writes each as soon as it is there. Those that lie
 * there already, of the same settings, are kept.
 */
final class Maximization {
  private static final PictureGrid GRID = new PictureGrid(8, 204, 4);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Options that say which pictures, not how each is made. */
  private static final Set<String> WHICH = Set.of("layer", "channels", "class", "objective");

  /** What of a record may differ for the same picture, or is known only when it is made. */
  private static final Set<String> NOT_SETTLED =
      Set.of("command", "activationAtStart", "activationAfterRound", "dead");

  private final CommandSpec command;
  private final Model model;
  private final Recipe method;
  private final Picture from;
  private final long seed;
  private final boolean animate;
  private final OutputOptions output;
  private final OutputFolder folder;
  private final Map<Wanted, Picture> cells = new LinkedHashMap<>();
  private final Map<Wanted, Object> records = new LinkedHashMap<>();
  private final Set<String> late = new HashSet<>(); // groups that start larger, and were noted
  private final List<String> lines = new ArrayList<>(); // said when the bar is gone

  /**
   * Prepares.
   *
   * @param fromImage a photograph to start from, or null
   * @param animate true for an animation beside each picture
   */
  Maximization(
      CommandSpec command,
      Model model,
      Recipe method,
      Path fromImage,
      long seed,
      boolean animate,
      OutputOptions output) {
    this.command = command;
    this.model = model;
    this.method = method;
    this.from = fromImage == null ? null : Picture.read(fromImage);
    this.seed = seed;
    this.animate = animate;
    this.output = output;
    this.folder = output.folder();
  }

  /** Works the batches off. */
  void run(List<Batch> batches) {
    List<Batch> left = batches.stream().filter(batch -> !isThere(batch)).toList();
    long[] done = {0};
    try (Progress bar =
        Progress.of("maximize", work(batches) - work(left), work(batches), Progress.Unit.STEPS)) {
      done[0] = work(batches) - work(left);
      for (Batch batch : left) {
        Wanted first = batch.wanted().get(0);
        int size = first.sizes().get(0);
        int last = first.sizes().get(first.sizes().size() - 1);
        Animation film =
            animate
                ? new Animation(
                    batch.wanted().size(), first.sizes().size() * method.steps(), last, last)
                : null;
        List<Maximized> made =
            method.maximize(
                model.network(),
                model.preprocessing(),
                new Task(
                    batch.goal(),
                    batch.wanted().stream().map(Wanted::noise).toList(),
                    from(size),
                    first.sizes(),
                    seed),
                film == null ? Film.NONE : film,
                work -> bar.to(done[0] += work));
        for (int i = 0; i < made.size(); i++) {
          byte[] gif = film == null ? null : film.gif(i);
          write(batch.wanted().get(i), made.get(i), gif, bar);
        }
      }
    }
    writeGrids(batches.stream().flatMap(b -> b.wanted().stream()).toList());
    lines.forEach(line -> CommandOutput.line("%s", line));
  }

  private long work(List<Batch> batches) {
    return batches.stream()
        .flatMap(b -> b.wanted().stream())
        .mapToLong(w -> method.work(w.sizes()))
        .sum();
  }

  /** The photograph's colours at the first round's size, or null for noise. */
  private float[] from(int size) {
    if (from == null) {
      return null;
    }
    return Animation.colors(Resize.BILINEAR.apply(from, size, size));
  }

  /** What is to be printed as JSON: a record for each picture. */
  List<Object> records() {
    return List.copyOf(records.values());
  }

  /** True if the pictures of a whole batch were made before; takes them into the result then. */
  private boolean isThere(Batch batch) {
    Map<Wanted, JsonNode> found = new LinkedHashMap<>();
    for (Wanted wanted : batch.wanted()) {
      Optional<JsonNode> record = wanted.isKept() ? made(wanted) : Optional.empty();
      if (record.isEmpty()) {
        return false;
      }
      found.put(wanted, record.get());
    }
    Map<Wanted, Picture> pictures = new LinkedHashMap<>();
    try {
      found.keySet().forEach(w -> pictures.put(w, Picture.read(png(w))));
    } catch (BadInputException e) {
      return false; // a damaged picture is made again
    }
    found.forEach(
        (wanted, record) -> {
          cells.put(wanted, cell(pictures.get(wanted)));
          records.put(wanted, ((ObjectNode) record).put("picture", png(wanted).toString()));
          if (!output.json()) {
            lines.add("%s: there already, in %s".formatted(wanted.people(), png(wanted)));
          }
        });
    return true;
  }

  private Path png(Wanted wanted) {
    return folder.file(wanted.file() + ".png");
  }

  /** The record of a picture that lies there with all that is asked for, and as it would be. */
  private Optional<JsonNode> made(Wanted wanted) {
    List<String> needed =
        Stream.of("png", "json", output.raw() ? "npy" : "png", animate ? "gif" : "png").toList();
    if (!needed.stream().allMatch(e -> Files.exists(folder.file(wanted.file() + "." + e)))) {
      return Optional.empty();
    }
    try {
      JsonNode there = JSON.readTree(Files.readString(folder.file(wanted.file() + ".json")));
      JsonNode planned = JSON.readTree(JSON.writeValueAsString(plan(wanted)));
      return there.isObject() && settings(there).equals(settings(planned))
          ? Optional.of(there)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // unreadable: made again
    }
  }

  /** What of a record is settled before the picture is made, and the same for the same picture. */
  private Map<String, JsonNode> settings(JsonNode record) {
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    for (String name : (Iterable<String>) record::fieldNames) {
      settings.put(name, record.get(name).deepCopy());
    }
    settings.keySet().removeAll(NOT_SETTLED);
    if (settings.get("parameters") instanceof ObjectNode parameters) {
      parameters.remove(WHICH);
      parameters.remove("animate");
    }
    return settings;
  }

  private Map<String, Object> plan(Wanted wanted) {
    Map<String, Object> record = Provenance.of(command, model);
    record.put("method", method.name());
    record.putAll(wanted.about());
    record.put("settings", method);
    record.put("sizes", wanted.sizes());
    if (from != null) {
      record.put("fromImagePixels", Integer.toHexString(from.hashCode()));
    }
    return record;
  }

  private void write(Wanted wanted, Maximized made, byte[] gif, Progress bar) {
    int size = made.size();
    Picture picture = Animation.picture(size, size, made.colors());
    Map<String, Object> record = plan(wanted);
    record.put("activationAtStart", made.activations().get(0));
    record.put("activationAfterRound", made.activations().subList(1, made.activations().size()));
    record.put("dead", made.dead());
    folder.remove(wanted.file() + ".json"); // it vouches for the picture, so it comes last
    Path file = folder.png(wanted.file(), picture);
    if (output.raw()) {
      folder.npy(wanted.file(), new int[] {size, size, 3}, made.colors());
    }
    if (gif != null) {
      folder.write(wanted.file() + ".gif", gif);
    }
    folder.json(wanted.file(), record);
    cells.put(wanted, cell(picture));
    record.put("picture", file.toString());
    records.put(wanted, record);
    if (made.sizes().get(0) != method.start() && late.add(wanted.group())) {
      bar.note(
          "%s has no map at %d pixels: pictures of it start at %d"
              .formatted(
                  String.join(", ", wanted.goal().layers()), method.start(), made.sizes().get(0)));
    }
    if (made.dead()) {
      bar.note(
          wanted.people() + " is dead: no gradient arrives at the pixels, its picture is grey");
    }
    if (!output.json()) {
      List<Double> activations = made.activations();
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: %s%s from %.4g to %.4g in %s",
              wanted.people(),
              wanted.goal() instanceof Direction d && d.place() instanceof Direction.Place.Mean
                  ? "mean of "
                  : "",
              wanted.goal(),
              activations.get(0),
              activations.get(activations.size() - 1),
              file));
    }
  }

  private static Picture cell(Picture picture) {
    return Resize.BICUBIC.apply(picture, GRID.cell(), GRID.cell());
  }

  /** A grid for each layer of which there are several pictures, in the order of the channels. */
  private void writeGrids(List<Wanted> wanted) {
    Map<String, List<Wanted>> groups = new LinkedHashMap<>();
    wanted.forEach(w -> groups.computeIfAbsent(w.group(), k -> new ArrayList<>()).add(w));
    groups.forEach(
        (group, all) -> {
          if (all.size() > 1) {
            all.sort(Comparator.comparingInt(w -> (int) w.noise())); // by channel
            Path file = folder.png(group + "-grid", GRID.of(all.stream().map(cells::get).toList()));
            Map<String, Object> record = Provenance.of(command, model);
            record.put("pictures", all.stream().map(w -> w.file() + ".png").toList());
            record.put("columns", GRID.columns());
            folder.json(group + "-grid", record);
            if (!output.json()) {
              lines.add("%d pictures side by side in %s".formatted(all.size(), file));
            }
          }
        });
  }
}
