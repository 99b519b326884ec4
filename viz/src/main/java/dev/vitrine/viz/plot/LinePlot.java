package dev.vitrine.viz.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Curves over a common axis, each with a name beside the plot; colours repeat after six, with other
 * dashes, so that no two of twenty-four look alike.
 *
 * @param upTitle what the curves' numbers are, with their unit
 * @param acrossTitle what they are plotted over
 * @param across the marks of the lower axis
 */
public record LinePlot(
    String title, String upTitle, String acrossTitle, List<Mark> across, List<Curve> curves) {
  private static final int LEFT = 64;
  private static final int TOP = 70;
  private static final int WIDTH = 560;
  private static final int HEIGHT = 300;
  private static final double CHARACTER = 7;

  /** Okabe and Ito's colours (2008), which people with any colour vision tell apart. */
  private static final String[] COLORS = {
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"
  };

  private static final String[] DASHES = {"none", "6 4", "2 3", "10 3 2 3"};

  /** A place on the lower axis, 0 to 1, and what is written there. */
  public record Mark(double at, String text) {}

  /**
   * A curve.
   *
   * @param at places on the lower axis, 0 to 1
   * @param values as many; what is not finite leaves a place out
   */
  public record Curve(String name, double[] at, double[] values) {}

  /** Marks at 0, 20 and so on to 100 %. */
  public static List<Mark> percents() {
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i <= 5; i++) {
      marks.add(new Mark(i / 5.0, 20 * i + " %"));
    }
    return marks;
  }

  /** The plot as an SVG file. */
  public String svg() {
    double[] all =
        curves.stream()
            .flatMapToDouble(c -> Arrays.stream(c.values()))
            .filter(Double::isFinite)
            .toArray();
    Axis axis = Axis.around(all);
    boolean names = across.stream().anyMatch(m -> !m.text().endsWith("%"));
    int longest = across.stream().mapToInt(m -> m.text().length()).max().orElse(0);
    double bottom = TOP + HEIGHT;
    Map<String, Object> context = new TreeMap<>();
    context.put("title", title);
    context.put("upTitle", upTitle);
    context.put("acrossTitle", acrossTitle);
    context.put("left", LEFT);
    context.put("right", LEFT + WIDTH);
    context.put("bottom", number(bottom));
    context.put("tick", number(bottom + 4));
    context.put("turn", names ? -60 : 0);
    context.put("anchor", names ? "end" : "middle");
    context.put("markAt", number(bottom + (names ? 14 : 18)));
    double below = names ? 20 + 0.87 * CHARACTER * longest : 24;
    context.put("acrossAt", number(bottom + below + 16));
    context.put("height", number(bottom + below + 32));
    int name = curves.stream().mapToInt(c -> c.name().length()).max().orElse(0);
    context.put("width", number(LEFT + WIDTH + 60 + CHARACTER * name));
    context.put("up", axis.marks().stream().map(m -> up(axis, m)).toList());
    context.put(
        "across",
        across.stream()
            .map(m -> Map.of("at", number(LEFT + WIDTH * m.at()), "text", m.text()))
            .toList());
    List<Map<String, Object>> lines = new ArrayList<>();
    for (int i = 0; i < curves.size(); i++) {
      lines.add(line(axis, i));
    }
    context.put("lines", lines);
    return PlotTemplates.render("lines.svg", context);
  }

  private static Map<String, Object> up(Axis axis, double mark) {
    return Map.of("at", number(y(axis, mark)), "text", Axis.number(mark));
  }

  private Map<String, Object> line(Axis axis, int i) {
    Curve curve = curves.get(i);
    StringBuilder points = new StringBuilder();
    for (int k = 0; k < curve.values().length; k++) {
      if (Double.isFinite(curve.values()[k])) {
        points
            .append(points.isEmpty() ? "" : " ")
            .append(number(LEFT + WIDTH * curve.at()[k]))
            .append(',')
            .append(number(y(axis, curve.values()[k])));
      }
    }
    Map<String, Object> line = new TreeMap<>();
    line.put("name", curve.name());
    line.put("points", points.toString());
    line.put("color", COLORS[i % COLORS.length]);
    line.put("dashes", DASHES[i / COLORS.length % DASHES.length]);
    line.put("keyAt", number(TOP + 10 + 20.0 * i));
    line.put("keyFrom", LEFT + WIDTH + 16);
    line.put("keyTo", LEFT + WIDTH + 40);
    line.put("nameAt", LEFT + WIDTH + 46);
    return line;
  }

  private static double y(Axis axis, double value) {
    return TOP + HEIGHT * (1 - axis.share(value));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
