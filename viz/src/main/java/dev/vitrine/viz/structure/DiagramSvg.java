package dev.vitrine.viz.structure;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.samskivert.mustache.Mustache;
import dev.vitrine.viz.structure.Diagram.Box;
import dev.vitrine.viz.structure.DiagramLayout.Rectangle;
import dev.vitrine.viz.structure.DiagramLayout.Size;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A diagram as SVG: boxes with what lies in them, more about each layer under the pointer, arrows
 * in the direction of the flow. A group folds and opens by a click or the Enter key, in programs
 * that run an SVG's script; every state was laid out before, so that nothing overlaps.
 */
public final class DiagramSvg {
  /** More groups than this fold together: every state of them is laid out. */
  private static final int APART = 4;

  private static final double CHARACTER = 6.63; // of the monospaced font at 11 pixels
  private static final double LINE = 15;
  private static final double PADDING = 9;
  private static final double HISTOGRAM_WIDTH = 120;
  private static final double HISTOGRAM_HEIGHT = 26;
  private static final double HISTOGRAM_STEP = HISTOGRAM_HEIGHT + 16;
  private static final double CORNER = 5;
  private static final double HEADER = 19;

  private final Diagram diagram;
  private final Map<String, List<WeightHistogram>> weights;
  private final boolean down;
  private final boolean folded;
  private final List<Size> boxSizes;
  private final List<Size> groupSizes;

  /**
   * A picture to be.
   *
   * @param weights histograms by layer; empty for none
   * @param down true if it flows downwards, false if to the right
   * @param folded true if the groups are folded at first
   */
  public DiagramSvg(
      Diagram diagram, Map<String, List<WeightHistogram>> weights, boolean down, boolean folded) {
    this.diagram = diagram;
    this.weights = weights;
    this.down = down;
    this.folded = folded;
    this.boxSizes = diagram.boxes().stream().map(this::size).toList();
    this.groupSizes = new ArrayList<>();
    for (int g = 0; g < diagram.groups().size(); g++) {
      double width = Math.max(diagram.groups().get(g).name().length() + 4, about(g).length());
      groupSizes.add(new Size(width * CHARACTER + 2 * PADDING, 2 * LINE + 2 * PADDING));
    }
  }

  /**
   * The SVG's text.
   *
   * @param title what it says of itself
   */
  public String svg(String title) {
    Map<String, DiagramLayout> states = new LinkedHashMap<>();
    for (BitSet state : states()) {
      states.put(key(state), DiagramLayout.of(diagram, boxSizes, state, groupSizes, down));
    }
    String first = (folded ? "1" : "0").repeat(diagram.groups().size());
    DiagramLayout shown = states.get(first);
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("title", title);
    context.put("width", number(shown.width()));
    context.put("height", number(shown.height()));
    context.put("boxes", boxes(shown));
    context.put("groups", groups(shown, first));
    context.put("arrows", path(shown));
    context.put("state", first);
    context.put("folds", !diagram.groups().isEmpty());
    context.put("states", diagram.groups().isEmpty() ? "" : script(states));
    try (Reader template =
        new InputStreamReader(
            DiagramSvg.class.getResourceAsStream("graph.svg"), StandardCharsets.UTF_8)) {
      return Mustache.compiler().defaultValue("").compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the graph's template cannot be read", e);
    }
  }

  /** Every way to fold the groups, or where they are many all and none of them. */
  private List<BitSet> states() {
    int n = diagram.groups().size();
    List<BitSet> states = new ArrayList<>();
    if (n > APART) {
      BitSet all = new BitSet();
      all.set(0, n);
      states.add(new BitSet());
      states.add(all);
    } else {
      for (long bits = 0; bits < 1L << n; bits++) {
        states.add(BitSet.valueOf(new long[] {bits}));
      }
    }
    return states;
  }

  private String key(BitSet state) {
    StringBuilder key = new StringBuilder();
    for (int g = 0; g < diagram.groups().size(); g++) {
      key.append(state.get(g) ? '1' : '0');
    }
    return key.toString();
  }

  private Size size(Box box) {
    int longest = 0;
    int histograms = 0;
    for (Diagram.Line line : box.lines()) {
      longest = Math.max(longest, line.row().name().length() + line.does().length() + 2);
      histograms += rows(line);
    }
    longest = Math.max(longest, people(box.last()).length());
    double least = histograms == 0 ? 0 : 2 * HISTOGRAM_WIDTH + PADDING;
    return new Size(
        Math.max(longest * CHARACTER, least) + 2 * PADDING,
        (box.lines().size() + 1) * LINE + histograms * HISTOGRAM_STEP + 2 * PADDING - 3);
  }

  /** Rows of histograms under a layer, two in each. */
  private int rows(Diagram.Line line) {
    return (weights.getOrDefault(line.row().name(), List.of()).size() + 1) / 2;
  }

  private record Text(String x, String y, String name, String does, String right, String about) {}

  private record Bars(
      String x, String y, String width, String height, String path, String label, String about) {}

  private record Drawn(
      String id,
      String kind,
      String transform,
      boolean hidden,
      String width,
      String height,
      List<Text> texts,
      List<Bars> bars,
      String middle,
      String bottom,
      String shape) {}

  private List<Drawn> boxes(DiagramLayout layout) {
    List<Drawn> drawn = new ArrayList<>();
    for (int b = 0; b < diagram.boxes().size(); b++) {
      Box box = diagram.boxes().get(b);
      Size size = boxSizes.get(b);
      Rectangle at = layout.boxes().get(b);
      List<Text> texts = new ArrayList<>();
      List<Bars> bars = new ArrayList<>();
      double y = PADDING + LINE - 5;
      for (Diagram.Line line : box.lines()) {
        texts.add(
            new Text(
                number(PADDING),
                number(y),
                line.row().name(),
                line.does(),
                number(size.width() - PADDING),
                about(line)));
        y += LINE;
        List<WeightHistogram> histograms = weights.getOrDefault(line.row().name(), List.of());
        for (int i = 0; i < histograms.size(); i++) {
          double x = i % 2 == 0 ? PADDING : size.width() - PADDING - HISTOGRAM_WIDTH;
          bars.add(bars(histograms.get(i), x, y - LINE + 6 + (i / 2) * HISTOGRAM_STEP));
        }
        y += rows(line) * HISTOGRAM_STEP;
      }
      drawn.add(
          new Drawn(
              "b" + b,
              box.kind().name().toLowerCase(Locale.ROOT),
              at == null ? "" : place(at),
              at == null,
              number(size.width()),
              number(size.height()),
              texts,
              bars,
              number(size.width() / 2),
              number(size.height() - PADDING),
              people(box.last())));
    }
    return drawn;
  }

  private static Bars bars(WeightHistogram histogram, double x, double y) {
    long most = 1;
    for (long bin : histogram.bins()) {
      most = Math.max(most, bin);
    }
    StringBuilder path = new StringBuilder();
    double step = HISTOGRAM_WIDTH / histogram.bins().length;
    for (int i = 0; i < histogram.bins().length; i++) {
      double height = HISTOGRAM_HEIGHT * histogram.bins()[i] / most;
      if (histogram.bins()[i] > 0) {
        // What is there at all shows.
        path.append(
            String.format(
                Locale.ROOT,
                "M%.1f %.1fv%.1fh%.1fv%.1fz",
                x + i * step,
                y + HISTOGRAM_HEIGHT,
                -Math.max(height, 0.6),
                step - 0.4,
                Math.max(height, 0.6)));
      }
    }
    return new Bars(
        number(x),
        number(y),
        number(HISTOGRAM_WIDTH),
        number(HISTOGRAM_HEIGHT),
        path.toString(),
        histogram.name().replace("moving_", "")
            + " "
            + rounded(histogram.min())
            + ".."
            + rounded(histogram.max()),
        histogram.toString());
  }

  private record Frame(
      String id,
      int index,
      String transform,
      boolean hidden,
      boolean folded,
      String width,
      String height,
      String name,
      String about) {}

  private List<Frame> groups(DiagramLayout layout, String state) {
    List<Frame> frames = new ArrayList<>();
    for (int g = 0; g < diagram.groups().size(); g++) {
      Rectangle at = layout.frames().get(g);
      frames.add(
          new Frame(
              "g" + g,
              g,
              at == null ? "" : place(at),
              at == null,
              state.charAt(g) == '1',
              at == null ? "0" : number(at.width()),
              at == null ? "0" : number(at.height()),
              diagram.groups().get(g).name(),
              about(g)));
    }
    return frames;
  }

  /** {@code 18 layers, 14,714,688 parameters}. */
  private String about(int group) {
    long layers = 0;
    long parameters = 0;
    for (Box box : diagram.boxes()) {
      if (diagram.isWithin(box.group(), group)) {
        layers += box.lines().size();
        parameters += box.lines().stream().mapToLong(l -> l.row().parameters()).sum();
      }
    }
    return String.format(Locale.ROOT, "%,d layers, %,d parameters", layers, parameters);
  }

  /** What shows under the pointer. */
  private static String about(Diagram.Line line) {
    LayerTable.Row row = line.row();
    StringBuilder about = new StringBuilder(row.name() + ": " + line.does() + "\n");
    about.append("output ").append(row.shape()).append('\n');
    about.append(String.format(Locale.ROOT, "%,d parameters\n", row.parameters()));
    if (row.multiplyAdds() != null) {
      about.append(String.format(Locale.ROOT, "%,d multiply-adds\n", row.multiplyAdds()));
    }
    return about.append("sees ").append(row.sees()).append(" pixels").toString();
  }

  /** {@code 112 x 112 x 64}. */
  private static String people(LayerTable.Row row) {
    String shape = row.shape();
    return shape.substring(1, shape.length() - 1).replace(", ", " x ");
  }

  private static String path(DiagramLayout layout) {
    StringBuilder path = new StringBuilder();
    layout.arrows().forEach(corners -> path.append(path(corners)));
    return path.toString();
  }

  /** An arrow with rounded corners, and its head. */
  private static String path(List<double[]> corners) {
    StringBuilder path = new StringBuilder();
    double[] at = corners.get(0);
    path.append(String.format(Locale.ROOT, "M%s %s", number(at[0]), number(at[1])));
    for (int i = 1; i < corners.size(); i++) {
      double[] to = corners.get(i);
      if (i < corners.size() - 1) {
        double[] next = corners.get(i + 1);
        double[] before = towards(to, at);
        double[] after = towards(to, next);
        path.append(
            String.format(
                Locale.ROOT,
                "L%s %sQ%s %s %s %s",
                number(before[0]),
                number(before[1]),
                number(to[0]),
                number(to[1]),
                number(after[0]),
                number(after[1])));
        at = to;
      } else {
        path.append(String.format(Locale.ROOT, "L%s %s", number(to[0]), number(to[1])));
        double[] back = direction(to, at);
        double x = to[0] + 6 * back[0];
        double y = to[1] + 6 * back[1];
        path.append(
            String.format(
                Locale.ROOT,
                "M%s %sL%s %sL%s %s",
                number(x - 3.5 * back[1]),
                number(y + 3.5 * back[0]),
                number(to[0]),
                number(to[1]),
                number(x + 3.5 * back[1]),
                number(y - 3.5 * back[0])));
      }
    }
    return path.toString();
  }

  private static double[] towards(double[] from, double[] to) {
    double[] direction = direction(from, to);
    double length = Math.min(CORNER, Math.hypot(to[0] - from[0], to[1] - from[1]) / 2);
    return new double[] {from[0] + length * direction[0], from[1] + length * direction[1]};
  }

  private static double[] direction(double[] from, double[] to) {
    double length = Math.hypot(to[0] - from[0], to[1] - from[1]);
    return length == 0
        ? new double[2]
        : new double[] {(to[0] - from[0]) / length, (to[1] - from[1]) / length};
  }

  /** Every state as JSON; it holds numbers and paths only, no names. */
  private String script(Map<String, DiagramLayout> states) {
    Map<String, Object> all = new LinkedHashMap<>();
    states.forEach(
        (key, layout) -> {
          Map<String, Object> places = new LinkedHashMap<>();
          layout
              .boxes()
              .forEach((b, at) -> places.put("b" + b, List.of(whole(at.x()), whole(at.y()))));
          layout
              .frames()
              .forEach(
                  (g, at) ->
                      places.put(
                          "g" + g,
                          List.of(
                              whole(at.x()),
                              whole(at.y()),
                              whole(at.width()),
                              whole(at.height()))));
          Map<String, Object> state = new LinkedHashMap<>();
          state.put("size", List.of(whole(layout.width()), whole(layout.height())));
          state.put("at", places);
          state.put("arrows", path(layout));
          all.put(key, state);
        });
    try {
      return new ObjectMapper().writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("numbers and texts cannot be written as JSON", e);
    }
  }

  private static BigDecimal rounded(double value) {
    return new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros();
  }

  private static double whole(double value) {
    return Math.round(10 * value) / 10.0;
  }

  private static String place(Rectangle at) {
    return "translate(" + number(at.x()) + " " + number(at.y()) + ")";
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.1f", value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
