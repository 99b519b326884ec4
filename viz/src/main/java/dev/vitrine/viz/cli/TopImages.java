package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.viz.render.Cell;
import dev.vitrine.viz.render.ChannelGrid;
import dev.vitrine.viz.render.Frame;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.Rows;
import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.viz.topimages.Progression;
import dev.vitrine.viz.topimages.Ranking;
import dev.vitrine.viz.topimages.ReadAhead;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;

/** Draws what a survey found: of each channel its photographs, the patches, and the projections. */
final class TopImages {
  private static final int SIDE = 96;
  private static final int ROW = 3;
  private static final int GAP = 2;
  private static final int BETWEEN = 16;
  private static final int BLOCK = ROW * SIDE + (ROW - 1) * GAP;
  private static final int OVERVIEW_ROW = 16;
  private static final int OVERVIEW_SIDE = 124;

  /** Channels that are drawn together, so that a photograph is read once for several. */
  private static final int TOGETHER = 64;

  private static final int AHEAD = 4;

  private final CommandSpec command;
  private final Model model;
  private final InputOptions input;
  private final String layer;
  private final PictureFolder pictures;
  private final OutputFolder folder;
  private final String stem;
  private final Progression found;
  private final ReluRule rule;

  /** One of a channel's images. */
  private record Place(int channel, int rank, Ranking.Entry entry) {}

  /** Its three pictures. */
  private record Cells(Picture photograph, Picture patch, Picture projection, Patch sees) {}

  TopImages(
      CommandSpec command,
      Model model,
      InputOptions input,
      String layer,
      PictureFolder pictures,
      OutputFolder folder,
      String stem,
      Progression found) {
    this.command = command;
    this.model = model;
    this.input = input;
    this.layer = layer;
    this.pictures = pictures;
    this.folder = folder;
    this.stem = stem;
    this.found = found;
    this.rule = Projection.fitting(model.network(), layer, ReluRule.DECONVNET);
  }

  /**
   * Draws the channels that are not there yet, and all of them in one picture.
   *
   * @return the record
   */
  Map<String, Object> draw(List<Integer> channels, int most, boolean raw) {
    Set<Integer> drawn = new TreeSet<>(found.drawn());
    drawn.removeIf(c -> !Files.exists(folder.file(file(c) + ".png")));
    List<Integer> left =
        channels.stream().filter(c -> !drawn.contains(c) && !of(c).isEmpty()).toList();
    long work = left.stream().mapToLong(c -> of(c).size()).sum();
    try (Progress bar = Progress.of("pictures", 0, work, Progress.Unit.STEPS)) {
      for (int i = 0; i < left.size(); i += TOGETHER) {
        List<Integer> some = left.subList(i, Math.min(left.size(), i + TOGETHER));
        drawTogether(some, bar);
        drawn.addAll(some);
        Progression now =
            new Progression(
                found.about(), found.done(), found.unreadable(), found.channels(), drawn);
        folder.text(stem + ".state.json", now.json());
      }
    }
    return overview(channels, most, raw);
  }

  private List<Ranking.Entry> of(int channel) {
    return found.channels().get(channel);
  }

  private String file(int channel) {
    return stem + "-" + channel;
  }

  private void drawTogether(List<Integer> channels, Progress bar) {
    Map<Integer, List<Place>> byImage = new TreeMap<>();
    for (int channel : channels) {
      for (int rank = 0; rank < of(channel).size(); rank++) {
        Ranking.Entry entry = of(channel).get(rank);
        byImage
            .computeIfAbsent(entry.image(), k -> new ArrayList<>())
            .add(new Place(channel, rank, entry));
      }
    }
    Map<Integer, Cells[]> cells = new TreeMap<>();
    channels.forEach(c -> cells.put(c, new Cells[of(c).size()]));
    List<Path> files = byImage.keySet().stream().map(pictures.files()::get).toList();
    try (ReadAhead<InputOptions.Photograph> read =
        new ReadAhead<>(files, AHEAD, f -> input.read(f, model))) {
      for (List<Place> places : byImage.values()) {
        draw(read.next(), places, cells, bar);
      }
    }
    channels.forEach(c -> write(c, cells.get(c)));
  }

  /** One photograph's part in several channels. */
  private void draw(
      InputOptions.Photograph photograph,
      List<Place> places,
      Map<Integer, Cells[]> cells,
      Progress bar) {
    Network network = model.network();
    int h = photograph.input().height();
    int w = photograph.input().width();
    Listen listen = Listen.only(layer).withGradients();
    Optional<ReceptiveField> field =
        ReceptiveField.of(network, network.shapes(Shape.of(1, h, w, 3))).get(layer);
    try (Scope scope = new Scope(network.backend());
        Run run = network.forward(photograph.upload(scope, model), listen)) {
      for (Place place : places) {
        Ranking.Entry entry = place.entry();
        Projection made =
            Projection.of(
                model,
                photograph,
                run,
                Unit.at(layer, place.channel(), entry.y(), entry.x()),
                Patch.seen(field, entry.y(), entry.x(), h, w),
                rule);
        cells.get(place.channel())[place.rank()] =
            new Cells(
                framed(photograph.shown(), made.shown()),
                made.patch(SIDE),
                made.picture(SIDE),
                made.sees());
        bar.step();
      }
    }
  }

  /** The photograph shrunk, then the patch framed: a line drawn before would be lost. */
  private static Picture framed(Picture photograph, Patch patch) {
    double scale = (double) SIDE / Math.max(photograph.height(), photograph.width());
    int h = (int) Math.max(1, Math.round(scale * photograph.height()));
    int w = (int) Math.max(1, Math.round(scale * photograph.width()));
    Picture small = Resize.BICUBIC.apply(photograph, h, w);
    int top = (int) Math.floor(scale * patch.top());
    int left = (int) Math.floor(scale * patch.left());
    int bottom = (int) Math.min(h, Math.ceil(scale * (patch.top() + patch.height())));
    int right = (int) Math.min(w, Math.ceil(scale * (patch.left() + patch.width())));
    return Cell.of(Frame.of(small, top, left, bottom - top, right - left), SIDE);
  }

  private void write(int channel, Cells[] cells) {
    List<Picture> photographs = new ArrayList<>();
    List<Picture> patches = new ArrayList<>();
    List<Picture> projections = new ArrayList<>();
    List<Map<String, Object>> images = new ArrayList<>();
    for (int rank = 0; rank < ROW * ROW; rank++) {
      boolean there = rank < cells.length;
      photographs.add(there ? cells[rank].photograph() : Cell.empty(SIDE));
      patches.add(there ? cells[rank].patch() : Cell.empty(SIDE));
      projections.add(there ? cells[rank].projection() : Cell.empty(SIDE));
      if (there) {
        Map<String, Object> image = image(of(channel).get(rank));
        image.put("sees", cells[rank].sees());
        images.add(image);
      }
    }
    Picture picture =
        Rows.of(
            List.of(
                Rows.of(photographs, ROW, GAP),
                Rows.of(patches, ROW, GAP),
                Rows.of(projections, ROW, GAP)),
            3,
            BETWEEN);
    Map<String, Object> record = Provenance.of(command, model);
    record.put("method", "top-images");
    record.put("projection", rule.name().toLowerCase(Locale.ROOT));
    record.put("folder", pictures.folder().toString());
    record.put("layer", layer);
    record.put("channel", channel);
    record.put("images", images);
    folder.png(file(channel), picture);
    folder.json(file(channel), record);
  }

  private Map<String, Object> image(Ranking.Entry entry) {
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("file", pictures.name(entry.image()));
    image.put("value", entry.value());
    image.put("y", entry.y());
    image.put("x", entry.x());
    return image;
  }

  /** The patches of every channel, a dead one crossed out. */
  private Map<String, Object> overview(List<Integer> channels, int most, boolean raw) {
    List<Picture> tiles = new ArrayList<>();
    List<Map<String, Object>> ranked = new ArrayList<>();
    for (int c = 0; c < found.channels().size(); c++) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("channel", c);
      one.put("images", of(c).stream().map(this::image).toList());
      ranked.add(one);
    }
    Patch middle = new Patch(0, BLOCK + BETWEEN, BLOCK, BLOCK);
    for (int c : channels) {
      tiles.add(
          of(c).isEmpty()
              ? ChannelGrid.dead(OVERVIEW_SIDE)
              : Resize.BILINEAR.apply(
                  middle.cut(Picture.read(folder.file(file(c) + ".png"))),
                  OVERVIEW_SIDE,
                  OVERVIEW_SIDE));
    }
    Map<String, Object> record = Provenance.of(command, model);
    record.put("method", "top-images");
    record.put("folder", pictures.folder().toString());
    record.put("layer", layer);
    record.put("photographs", pictures.files().size() - found.unreadable().size());
    record.put("unreadable", found.unreadable());
    record.put("dead", found.ranking(most).dead());
    record.put("drawn", channels);
    record.put("channels", ranked);
    Path written = folder.png(stem, Rows.of(tiles, OVERVIEW_ROW, 6));
    folder.json(stem, record);
    if (raw) {
      folder.npy(
          stem,
          new int[] {found.channels().size(), most},
          (c, slice) -> {
            for (int rank = 0; rank < most; rank++) {
              slice[rank] = rank < of(c).size() ? (float) of(c).get(rank).value() : 0;
            }
          });
    }
    record.put("picture", written.toString());
    return record;
  }
}
