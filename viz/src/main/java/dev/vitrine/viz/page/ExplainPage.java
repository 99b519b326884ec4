package dev.vitrine.viz.page;

import com.samskivert.mustache.Mustache;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.plot.PlotTemplates;
import dev.vitrine.viz.plot.SpikePlot;
import dev.vitrine.viz.render.ChannelPicture;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.Inline;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A page that shows what a network saw in one photograph. It is one file: pictures, style and
 * script are in it, and it asks the network for nothing.
 */
public final class ExplainPage {
  private static final int PHOTOGRAPH = 1024;
  private static final int MAP = 512;
  private static final int GRADIENT = 400;
  private static final int EXCITING = 240;
  private static final int CHANNEL = 112;
  private static final int TILES = 24;

  private final Map<String, Object> context = new LinkedHashMap<>();
  private final List<Row> rows = new ArrayList<>();
  private final List<Overlay> overlays = new ArrayList<>();
  private final List<Plain> pictures = new ArrayList<>();
  private final List<Depth> depths = new ArrayList<>();

  /** A table row of a class. */
  private record Row(String name, String score, String width) {}

  /** A map over the photograph. */
  private record Overlay(
      String id, String title, String sentence, String alternative, String uri) {}

  /** A picture of its own. */
  private record Plain(
      String title, String sentence, String alternative, String uri, int width, int height) {}

  /** A channel's map. */
  private record Tile(int channel, String mean, String uri) {}

  /** What a layer answers with. */
  private record Depth(
      String id,
      String layer,
      String size,
      String alternative,
      int channels,
      int shown,
      List<Tile> tiles,
      SpikePlot plot,
      List<Plain> exciting,
      boolean hasExciting) {}

  /**
   * A picture that excites a channel.
   *
   * @param channel of the layer shown
   * @param from the channel's mean before its ReLU at the start
   * @param to and at the end
   */
  public record Exciting(int channel, Picture picture, double from, double to) {}

  /** A page about an image, as a model sees it. */
  public ExplainPage(String image, String model) {
    context.put("image", image);
    context.put("model", model);
    context.put("rows", rows);
    context.put("overlays", overlays);
    context.put("pictures", pictures);
    context.put("depths", depths);
    context.put("made", null);
    context.put("verdict", null);
  }

  /**
   * The photograph.
   *
   * @param seen the part of it that the network sees, in its pixels
   * @param about what is said of it
   */
  public void photograph(Picture photograph, Resize.Region seen, String about) {
    context.put("photograph", Inline.photograph(photograph, PHOTOGRAPH));
    context.put("width", photograph.width());
    context.put("height", photograph.height());
    context.put("top", percent(seen.top(), photograph.height()));
    context.put("left", percent(seen.left(), photograph.width()));
    context.put("seenWidth", percent(seen.width(), photograph.width()));
    context.put("seenHeight", percent(seen.height(), photograph.height()));
    context.put("seenRatio", String.format(Locale.ROOT, "%.4f", seen.width() / seen.height()));
    context.put("about", about);
  }

  private static String percent(double part, double of) {
    return String.format(Locale.ROOT, "%.3f%%", 100 * part / of);
  }

  /** What it is taken for, and what the pictures explain, in one sentence. */
  public void verdict(String sentence) {
    context.put("verdict", sentence);
  }

  /**
   * One of the top classes.
   *
   * @param probability 0 to 1, or null if the network has none
   */
  public void row(String name, Double probability, double logit) {
    String people = name.replace('_', ' ');
    if (probability == null) {
      rows.add(new Row(people, String.format(Locale.ROOT, "logit %.2f", logit), null));
    } else {
      String share = String.format(Locale.ROOT, "%.1f", 100 * probability);
      rows.add(new Row(people, share + " %", share + "%"));
    }
  }

  /** A map over the photograph, whose opacity the reader chooses. */
  public void overlay(
      String title, String sentence, String alternative, HeatMap map, HeatMap.Scaling scaling) {
    overlays.add(
        new Overlay(
            "overlay-" + (overlays.size() + 1),
            title,
            sentence,
            alternative,
            Inline.smooth(map.scaled(scaling), map.height(), map.width(), ColorMap.INFERNO, MAP)));
  }

  /** A picture of its own, at the proportions of what the network saw. */
  public void picture(String title, String sentence, String alternative, Picture picture) {
    pictures.add(
        new Plain(
            title,
            sentence,
            alternative,
            Inline.picture(picture, GRADIENT),
            picture.width(),
            picture.height()));
  }

  /**
   * A layer: its strongest channels, the means of all, and what excites the strongest.
   *
   * @param exciting may be empty
   */
  public void depth(ChannelMaps maps, List<Exciting> exciting) {
    List<Integer> strongest = maps.strongest(TILES);
    double[] means = maps.means();
    List<Tile> tiles = new ArrayList<>();
    for (int c : strongest) {
      float[] map = ChannelPicture.standardized(maps.map(c));
      String uri = Inline.map(map, maps.h(), maps.w(), ColorMap.VIRIDIS, CHANNEL);
      tiles.add(new Tile(c, SpikePlot.number(means[c]), uri));
    }
    List<Plain> images = exciting.stream().map(e -> exciting(maps.layer(), e)).toList();
    depths.add(
        new Depth(
            "depth-" + (depths.size() + 1),
            maps.layer(),
            maps.w() + " x " + maps.h(),
            "Maps of the channels "
                + strongest.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + " of "
                + maps.layer(),
            maps.channels(),
            tiles.size(),
            tiles,
            SpikePlot.of(maps),
            images,
            !images.isEmpty()));
  }

  private static Plain exciting(String layer, Exciting made) {
    String change = "from " + SpikePlot.number(made.from()) + " to " + SpikePlot.number(made.to());
    return new Plain(
        "Channel " + made.channel(),
        change,
        "A picture made to excite channel " + made.channel() + " of " + layer,
        Inline.picture(made.picture(), EXCITING),
        made.picture().width(),
        made.picture().height());
  }

  /** How the exciting pictures were made, or why there are none. */
  public void exciting(String sentence) {
    context.put("made", sentence);
  }

  /** What it was made with: versions and the model's hash. */
  public void footer(String version, String hash, String backend) {
    context.put("version", version);
    context.put("hash", hash);
    context.put("backend", backend);
  }

  /** The page. */
  public String html() {
    context.put("hasRows", !rows.isEmpty());
    context.put("hasBars", !rows.isEmpty() && rows.get(0).width() != null);
    try (Reader template =
        new InputStreamReader(
            ExplainPage.class.getResourceAsStream("explain.html"), StandardCharsets.UTF_8)) {
      return Mustache.compiler().withLoader(PlotTemplates::open).compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's template cannot be read", e);
    }
  }
}
