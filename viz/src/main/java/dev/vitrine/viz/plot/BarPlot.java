package dev.vitrine.viz.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A share of every named thing as lying bars, one under the other.
 *
 * @param unit what the shares are of
 */
public record BarPlot(String title, String unit, List<Bar> bars) {
  private static final int TOP = 74;
  private static final int ROW = 20;
  private static final int MOST = 560;
  private static final double CHARACTER = 7.3;
  private static final int MARKS = 5;

  /**
   * One bar.
   *
   * @param share 0 to 1
   * @param note beyond its end
   */
  public record Bar(String name, double share, String note) {}

  /** The plot as an SVG file. */
  public String svg() {
    int longest = bars.stream().mapToInt(b -> b.name().length()).max().orElse(0);
    int left = (int) Math.round(24 + CHARACTER * longest);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      Map<String, Object> row = new TreeMap<>();
      row.put("y", TOP + i * ROW);
      row.put("middle", TOP + i * ROW + ROW / 2 + 4);
      row.put("name", bar.name());
      row.put("nameAt", left - 8);
      row.put("width", String.format(Locale.ROOT, "%.1f", MOST * bar.share()));
      row.put("note", bar.note());
      row.put("noteAt", String.format(Locale.ROOT, "%.1f", left + MOST * bar.share() + 6));
      rows.add(row);
    }
    List<Map<String, Object>> marks = new ArrayList<>();
    for (int i = 0; i <= MARKS; i++) {
      marks.add(Map.of("x", left + MOST * i / MARKS, "text", 100 * i / MARKS + " %"));
    }
    Map<String, Object> context = new TreeMap<>();
    context.put("title", title);
    context.put("unit", unit);
    context.put("bars", rows);
    context.put("marks", marks);
    context.put("left", left);
    context.put("top", TOP);
    context.put("bottom", TOP + bars.size() * ROW);
    context.put("thick", ROW - 6);
    context.put("width", left + MOST + 180);
    context.put("height", TOP + bars.size() * ROW + 20);
    return PlotTemplates.render("bars.svg", context);
  }
}
