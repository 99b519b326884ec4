package dev.vitrine.viz.cli;

import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.Maximized;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.PictureGrid;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;

/** Makes the pictures of {@code maximize} and writes each as soon as it is there. */
final class Maximization {
  private static final PictureGrid GRID = new PictureGrid(8, 204, 4);

  private final CommandSpec command;
  private final Model model;
  private final Recipe method;
  private final Function<String, Goal> beside;
  private final Path fromImage;
  private final long seed;
  private final OutputOptions output;
  private final OutputFolder folder;
  private final Map<Wanted, Picture> cells = new LinkedHashMap<>();
  private final List<Map<String, Object>> records = new ArrayList<>();
  private final Set<String> late = new HashSet<>(); // layers that start larger, and were noted
  private final List<String> lines = new ArrayList<>(); // said when the bar is gone

  /**
   * Prepares.
   *
   * @param beside what counts besides a feature of a layer, or null
   * @param fromImage a photograph to start from, or null
   */
  Maximization(
      CommandSpec command,
      Model model,
      Recipe method,
      Function<String, Goal> beside,
      Path fromImage,
      long seed,
      OutputOptions output) {
    this.beside = beside;
    this.fromImage = fromImage;
    this.command = command;
    this.model = model;
    this.method = method;
    this.seed = seed;
    this.output = output;
    this.folder = output.folder();
  }

  /** Works the batches off; each is of one layer. */
  void run(List<List<Wanted>> batches) {
    long total =
        batches.stream().flatMap(List::stream).mapToLong(w -> method.work(w.sizes())).sum();
    long[] done = {0};
    try (Progress bar = Progress.of("maximize", 0, total, Progress.Unit.STEPS)) {
      for (List<Wanted> batch : batches) {
        List<Maximized> made =
            method.maximize(
                model.network(),
                model.preprocessing(),
                batch.stream().map(Wanted::feature).toList(),
                beside.apply(batch.get(0).feature().layer()),
                from(batch.get(0).sizes().get(0)),
                batch.get(0).sizes(),
                seed,
                work -> bar.to(done[0] += work));
        for (int i = 0; i < made.size(); i++) {
          write(batch.get(i), made.get(i), bar);
        }
      }
    }
    writeGrids();
    lines.forEach(line -> CommandOutput.line("%s", line));
  }

  /** The photograph's colours at the first round's size, or null for noise. */
  private float[] from(int size) {
    if (fromImage == null) {
      return null;
    }
    float[] colors = Resize.BILINEAR.apply(Picture.read(fromImage), size, size).toFloats();
    for (int i = 0; i < colors.length; i++) {
      colors[i] /= 255;
    }
    return colors;
  }

  List<Map<String, Object>> records() {
    return records;
  }

  private void write(Wanted wanted, Maximized made, Progress bar) {
    int size = made.size();
    float[] pixels = new float[made.colors().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 255 * made.colors()[i];
    }
    Picture picture = Picture.ofFloats(size, size, pixels);
    Map<String, Object> record = record(wanted, made);
    Path file = folder.png(wanted.file(), picture);
    folder.json(wanted.file(), record);
    if (output.raw()) {
      folder.npy(wanted.file(), new int[] {size, size, 3}, made.colors());
    }
    cells.put(wanted, Resize.BICUBIC.apply(picture, GRID.cell(), GRID.cell()));
    record.put("picture", file.toString());
    records.add(record);
    if (made.sizes().get(0) != method.start() && late.add(made.feature().layer())) {
      bar.note(
          "%s has no map at %d pixels: pictures of it start at %d"
              .formatted(made.feature().layer(), method.start(), made.sizes().get(0)));
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
              "%s: mean of %s from %.4g to %.4g in %s",
              wanted.people(),
              made.feature(),
              activations.get(0),
              activations.get(activations.size() - 1),
              file));
    }
  }

  private Map<String, Object> record(Wanted wanted, Maximized made) {
    Map<String, Object> record = Provenance.of(command, model);
    record.put("method", method.name());
    if (wanted.label() == null) {
      record.put("layer", wanted.group());
      record.put("channel", wanted.channel());
    } else {
      record.put("class", wanted.label().index());
      record.put("wordnet", wanted.label().wordnet());
      record.put("name", wanted.label().name());
    }
    Map<String, Object> maximized = new LinkedHashMap<>();
    maximized.put("layer", made.feature().layer());
    maximized.put("channel", made.feature().channel());
    maximized.put("negative", made.feature().negative());
    record.put("maximized", maximized);
    record.put("settings", method);
    record.put("sizes", made.sizes());
    record.put("activationAtStart", made.activations().get(0));
    record.put("activationAfterRound", made.activations().subList(1, made.activations().size()));
    record.put("dead", made.dead());
    return record;
  }

  /** A grid for each layer of which there are several pictures, in the order of the channels. */
  private void writeGrids() {
    Map<String, List<Wanted>> groups = new TreeMap<>();
    cells.keySet().forEach(w -> groups.computeIfAbsent(w.group(), k -> new ArrayList<>()).add(w));
    groups.forEach(
        (group, all) -> {
          if (all.size() > 1) {
            all.sort(Comparator.comparingInt(Wanted::channel));
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
