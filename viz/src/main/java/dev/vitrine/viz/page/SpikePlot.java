package dev.vitrine.viz.page;

import dev.vitrine.viz.method.ChannelMaps;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The mean activation of every channel of a layer as upright lines, the largest named. Places are
 * percentages of the plot's width and height, so that the text keeps its size on any screen.
 */
record SpikePlot(
    String description,
    List<Line> spikes,
    List<Tick> across,
    List<Tick> up,
    List<Peak> peaks,
    String zero) {
  private static final int PEAKS = 5;

  /** How much of the plot a peak's name takes on a phone, in percent. */
  private static final double NAME_WIDTH = 10;

  private static final double NAME_HEIGHT = 8;

  /** A channel's line, from zero to its mean. */
  record Line(String x, String y, boolean peak) {}

  /** A mark on an axis. */
  record Tick(String at, String text) {}

  /** A channel's name and where it stands. */
  record Peak(String x, String y, String text) {}

  static SpikePlot of(ChannelMaps maps) {
    double[] means = maps.means();
    List<Integer> strongest = maps.strongest(PEAKS);
    double low = 0;
    double high = 0;
    for (double mean : means) {
      low = Math.min(low, mean);
      high = Math.max(high, mean);
    }
    double step = step((high - low) / 5);
    low = Math.floor(low / step) * step;
    // A peak's name needs room above it.
    high = high > low ? low + 1.05 * (high - low) : low + step;
    List<Line> spikes = new ArrayList<>();
    for (int c = 0; c < means.length; c++) {
      spikes.add(new Line(x(c, means.length), y(means[c], low, high), strongest.contains(c)));
    }
    List<Tick> up = new ArrayList<>();
    for (double tick = low; tick <= high + step / 1e3; tick += step) {
      up.add(new Tick(y(tick, low, high), number(Math.abs(tick) < step / 1e3 ? 0 : tick)));
    }
    List<Tick> across = new ArrayList<>();
    int every = (int) Math.max(1, step(means.length / 5.0));
    for (int c = 0; c < means.length; c += every) {
      across.add(new Tick(x(c, means.length), Integer.toString(c)));
    }
    String said =
        strongest.stream()
            .map(c -> c + " (" + number(means[c]) + ")")
            .collect(Collectors.joining(", "));
    return new SpikePlot(
        "Mean activation of the "
            + means.length
            + " channels of "
            + maps.layer()
            + ". The largest: "
            + said
            + ".",
        spikes,
        across,
        up,
        peaks(means, strongest, low, high),
        y(0, low, high));
  }

  /** The names stand on their lines; one that would cover another is lifted above it. */
  private static List<Peak> peaks(
      double[] means, List<Integer> strongest, double low, double high) {
    List<double[]> placed = new ArrayList<>();
    List<Peak> peaks = new ArrayList<>();
    for (int c : strongest) {
      double x = 100 * (c + 0.5) / means.length;
      double y = 100 * (high - means[c]) / (high - low);
      for (int k = 0; k < placed.size(); k++) {
        double[] other = placed.get(k);
        if (Math.abs(other[0] - x) < NAME_WIDTH && Math.abs(other[1] - y) < NAME_HEIGHT) {
          y = other[1] - NAME_HEIGHT - 0.01; // clear of rounding too
          k = -1; // what was clear before may not be there
        }
      }
      placed.add(new double[] {x, y});
      peaks.add(new Peak(percent(x), percent(y), Integer.toString(c)));
    }
    return peaks;
  }

  /** 1, 2 or 5 times a power of ten, the first that is no smaller. */
  static double step(double atLeast) {
    if (!(atLeast > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (int digit : new int[] {1, 2, 5}) {
      if (digit * power >= atLeast * (1 - 1e-9)) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1e5 || (size > 0 && size < 1e-3)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    String plain =
        String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 ? "%.2f" : "%.3f", value);
    return plain.contains(".") ? plain.replaceFirst("\\.?0+$", "") : plain;
  }

  private static String x(int channel, int channels) {
    return percent(100 * (channel + 0.5) / channels);
  }

  private static String y(double value, double low, double high) {
    return percent(100 * (high - value) / (high - low));
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.2f%%", value);
  }
}
