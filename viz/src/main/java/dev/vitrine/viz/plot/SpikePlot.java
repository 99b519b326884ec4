package dev.vitrine.viz.plot;

import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.image.Labels;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/**
 * Many numbers as upright lines, the largest named: the mean activation of a layer's channels, the
 * probabilities of the classes. Places are percentages of the plot's width and height, so that the
 * text keeps its size on any screen.
 *
 * @param description the plot in words
 * @param upTitle what the numbers are, with their unit
 * @param acrossTitle what is counted
 * @param zero where the axis is
 */
public record SpikePlot(
    String description,
    String upTitle,
    String acrossTitle,
    List<Line> spikes,
    List<Tick> across,
    List<Tick> up,
    List<Peak> peaks,
    String zero) {
  private static final int PEAKS = 5;

  /** How much of the plot a channel's number takes on a phone, in percent. */
  private static final double NAME_WIDTH = 10;

  /** How much of it a character of a longer name takes. */
  private static final double CHARACTER = 0.95;

  private static final double NAME_HEIGHT = 8;

  /** A number below this share of the axis is no peak. */
  private static final double SEEN = 0.005;

  /** A number's line, from zero to its value. */
  public record Line(String x, String y, boolean peak) {}

  /** A mark on an axis. */
  public record Tick(String at, String text) {}

  /**
   * A number's name and where it stands.
   *
   * @param anchor where its place lies in the text: start, middle or end
   */
  public record Peak(String x, String y, String anchor, String text) {}

  /** The mean activation of every channel, the five largest named. */
  public static SpikePlot of(ChannelMaps maps) {
    return of(maps, PEAKS);
  }

  /** The mean activation of every channel, the largest named. */
  public static SpikePlot of(ChannelMaps maps, int named) {
    return of(
        "Mean activation of the %d channels of %s".formatted(maps.channels(), maps.layer()),
        "mean activation",
        "channel",
        maps.means(),
        maps.strongest(named),
        Integer::toString,
        mean -> "");
  }

  /** The probability of every class, or its logit where there is none; the top classes named. */
  public static SpikePlot of(Prediction prediction, Labels labels, int named) {
    boolean likely = prediction.probabilities() != null;
    return of(
        "%s of the %d classes".formatted(likely ? "Probabilities" : "Logits", prediction.classes()),
        likely ? "probability" : "logit",
        "class",
        likely ? prediction.probabilities() : prediction.logits(),
        prediction.top(named),
        c -> labels.get(c).name().replace('_', ' '),
        likely ? p -> String.format(Locale.ROOT, " %.1f %%", 100 * p) : p -> "");
  }

  private static SpikePlot of(
      String what,
      String upTitle,
      String acrossTitle,
      double[] values,
      List<Integer> largest,
      IntFunction<String> name,
      DoubleFunction<String> value) {
    // A peak's name needs room above it.
    Axis axis = Axis.around(values).withRoom(0.05);
    List<Line> spikes = new ArrayList<>();
    Set<Integer> named = new HashSet<>(largest);
    for (int c = 0; c < values.length; c++) {
      spikes.add(new Line(x(c, values.length), y(values[c], axis), named.contains(c)));
    }
    List<Tick> up = new ArrayList<>();
    axis.marks().forEach(mark -> up.add(new Tick(y(mark, axis), Axis.number(mark))));
    List<Tick> across = new ArrayList<>();
    int every = (int) Math.max(1, Axis.step(values.length / 5.0));
    for (int c = 0; c < values.length; c += every) {
      across.add(new Tick(x(c, values.length), Integer.toString(c)));
    }
    String said =
        largest.stream()
            .map(c -> name.apply(c) + " (" + Axis.number(values[c]) + ")")
            .collect(Collectors.joining(", "));
    return new SpikePlot(
        what + ". The largest: " + said + ".",
        upTitle,
        acrossTitle,
        spikes,
        across,
        up,
        peaks(values, largest, c -> name.apply(c) + value.apply(values[c]), axis),
        y(0, axis));
  }

  /** The names stand on their lines; one that would cover another is lifted above it. */
  private static List<Peak> peaks(
      double[] values, List<Integer> largest, IntFunction<String> name, Axis axis) {
    List<double[]> placed = new ArrayList<>();
    List<Peak> peaks = new ArrayList<>();
    for (int c : largest) {
      if (Math.abs(values[c]) < SEEN * (axis.high() - axis.low())) {
        continue;
      }
      String text = name.apply(c);
      double width = Math.max(NAME_WIDTH, CHARACTER * text.length());
      double x = 100 * (c + 0.5) / values.length;
      boolean left = text.length() > 3 && x < width / 2;
      boolean right = text.length() > 3 && x > 100 - width / 2;
      double middle = left ? x + width / 2 : right ? x - width / 2 : x;
      double y = 100 * (1 - axis.share(values[c]));
      for (int k = 0; k < placed.size(); k++) {
        double[] other = placed.get(k);
        if (Math.abs(other[0] - middle) < (other[2] + width) / 2
            && Math.abs(other[1] - y) < NAME_HEIGHT) {
          y = other[1] - NAME_HEIGHT - 0.01; // clear of rounding too
          k = -1; // what was clear before may not be there
        }
      }
      placed.add(new double[] {middle, y, width});
      String anchor = left ? "start" : right ? "end" : "middle";
      peaks.add(new Peak(percent(x), percent(y), anchor, text));
    }
    return peaks;
  }

  /**
   * The plot as an SVG file.
   *
   * @param title above it
   * @param pictures shown below it, in rows; may be empty
   */
  public String svg(String title, List<Exhibit> pictures) {
    Map<String, Object> context = new TreeMap<>();
    context.put("title", title);
    context.put("plot", this);
    List<Map<String, Object>> placed = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Map<String, Object> one = new TreeMap<>();
      one.put("x", Exhibit.LEFT + i % Exhibit.COLUMNS * Exhibit.WIDTH);
      one.put("y", Exhibit.TOP + i / Exhibit.COLUMNS * Exhibit.HEIGHT);
      one.put("uri", pictures.get(i).uri());
      one.put("name", pictures.get(i).name());
      one.put("sentence", pictures.get(i).sentence());
      placed.add(one);
    }
    int rows = (pictures.size() + Exhibit.COLUMNS - 1) / Exhibit.COLUMNS;
    context.put("pictures", placed);
    context.put("size", Exhibit.SIZE);
    context.put("height", Exhibit.TOP + rows * Exhibit.HEIGHT);
    return PlotTemplates.render("spikes.svg", context);
  }

  /** A number as short as it can be read. */
  public static String number(double value) {
    return Axis.number(value);
  }

  private static String x(int channel, int channels) {
    return percent(100 * (channel + 0.5) / channels);
  }

  private static String y(double value, Axis axis) {
    return percent(100 * (1 - axis.share(value)));
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f%%", value);
  }
}
