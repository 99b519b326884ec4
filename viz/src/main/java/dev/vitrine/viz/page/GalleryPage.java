package dev.vitrine.viz.page;

import com.samskivert.mustache.Mustache;
import dev.vitrine.viz.render.Inline;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Methods by photographs in one drawing that carries its pictures with it: an SVG. */
public final class GalleryPage {
  private static final int SIDE = 96;
  private static final int GAP = 4;
  private static final int BETWEEN = 18;
  private static final int ROW = SIDE + 31 + 18;
  private static final int WIDEST = 960;

  /** A dense screen shows more than one pixel for each of the drawing's. */
  private static final int PIXELS = 3 * SIDE / 2;

  private final String title;
  private final List<Block> blocks = new ArrayList<>();

  /** A method and its pictures. */
  private record Block(String name, String paper, String says, List<Cell> cells) {}

  /** One of them, either a picture, or lines, or neither. */
  record Cell(int x, int side, String uri, String spikes) {}

  /** A block at its place. */
  record Placed(int x, int y, String name, String paper, String says, List<Cell> cells) {}

  public GalleryPage(String title) {
    this.title = title;
  }

  /**
   * Adds pictures.
   *
   * @param pictures one for each photograph, null where there is none
   */
  public void pictures(String name, String paper, String says, List<Picture> pictures) {
    List<Cell> cells = new ArrayList<>();
    for (Picture picture : pictures) {
      String uri = picture == null ? null : Inline.photograph(picture, PIXELS);
      cells.add(new Cell(cells.size() * (SIDE + GAP), SIDE, uri, null));
    }
    blocks.add(new Block(name, paper, says, cells));
  }

  /** Adds numbers as upright lines, for each photograph its own, up to the largest of them. */
  public void spikes(String name, String paper, String says, List<double[]> numbers) {
    List<Cell> cells = new ArrayList<>();
    for (double[] each : numbers) {
      cells.add(new Cell(cells.size() * (SIDE + GAP), SIDE, null, path(each)));
    }
    blocks.add(new Block(name, paper, says, cells));
  }

  private static String path(double[] numbers) {
    double largest = 0;
    for (double n : numbers) {
      largest = Math.max(largest, n);
    }
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < numbers.length && largest > 0; i++) {
      double up = (SIDE - 4) * Math.max(0, numbers[i]) / largest;
      double x = (i + 0.5) * SIDE / numbers.length;
      path.append(String.format(Locale.ROOT, "M%.1f %dv%.1f", x, SIDE, -up));
    }
    return path.toString();
  }

  /** The drawing. */
  public String svg() {
    int photographs = blocks.stream().mapToInt(b -> b.cells().size()).max().orElse(1);
    int column = photographs * (SIDE + GAP) - GAP + BETWEEN;
    int columns = Math.max(1, (WIDEST + BETWEEN) / column);
    List<Placed> placed = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      Block b = blocks.get(i);
      placed.add(
          new Placed(
              BETWEEN / 2 + i % columns * column,
              BETWEEN / 2 + i / columns * ROW,
              b.name(),
              b.paper(),
              b.says(),
              b.cells()));
    }
    Map<String, Object> context =
        Map.of(
            "title",
            title,
            "width",
            Math.min(columns, blocks.size()) * column,
            "height",
            (blocks.size() + columns - 1) / columns * ROW,
            "blocks",
            placed);
    try (Reader template =
        new InputStreamReader(
            GalleryPage.class.getResourceAsStream("gallery.svg"), StandardCharsets.UTF_8)) {
      return Mustache.compiler().nullValue("").compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the gallery's template cannot be read", e);
    }
  }
}
