package dev.vitrine.kernels.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The tables at the end: each section's count of verdicts, VGG16's sums, the faster layouts. */
final class Summary {
  /** The choice that the engine would make, and that layouts are compared by. */
  static final String DETERMINISTIC = "deterministic";

  private final List<String> lines = new ArrayList<>();

  private Summary() {}

  static Summary of(List<ProbeLine> probed, Map<Section, Double> seconds) {
    Summary summary = new Summary();
    List<SumRow> sums =
        probed.stream()
            .filter(line -> line.verdict() == Verdict.SUM)
            .flatMap(line -> SumRow.parse(line.text()).stream())
            .toList();
    summary.sums(sums);
    summary.layouts(sums);
    summary.verdicts(probed, seconds);
    return summary;
  }

  /** 0 when there is at least one right line and no line that is wrong, missing or left out. */
  static int exitCode(List<ProbeLine> probed) {
    boolean any = probed.stream().anyMatch(line -> line.verdict() == Verdict.OK);
    boolean all =
        probed.stream().allMatch(l -> l.verdict() == Verdict.OK || l.verdict() == Verdict.SUM);
    return any && all ? 0 : 1;
  }

  List<String> lines() {
    return lines;
  }

  private void sums(List<SumRow> sums) {
    if (sums.isEmpty()) {
      return;
    }
    add("");
    add("Sums over the convolutions, milliseconds:");
    add(
        "%5s  %-8s %-8s %-13s %-20s %9s %9s %9s",
        "batch", "who", "prec.", "layout", "choice", "forward", "data", "weights");
    sums.stream()
        .sorted(
            Comparator.comparingInt(SumRow::batch)
                .thenComparing(SumRow::precision)
                .thenComparing(SumRow::who)
                .thenComparing(SumRow::layout)
                .thenComparing(SumRow::choice))
        .forEach(
            row ->
                add(
                    "%5d  %-8s %-8s %-13s %-20s %9s %9s %9s",
                    row.batch(),
                    row.who(),
                    row.precision(),
                    row.layout(),
                    row.choice(),
                    row.figure(Direction.FORWARD),
                    row.figure(Direction.DATA),
                    row.figure(Direction.WEIGHTS)));
  }

  private void layouts(List<SumRow> sums) {
    for (int batch : new TreeSet<>(sums.stream().map(SumRow::batch).toList())) {
      for (Precision precision : Precision.values()) {
        Optional<Double> nhwc = forwardAndData(sums, batch, precision, TensorLayout.NHWC);
        Optional<Double> nchw = forwardAndData(sums, batch, precision, TensorLayout.NCHW);
        if (nhwc.isPresent() && nchw.isPresent()) {
          add(
              "Layout for %s, batch %d: %s (forward and data, deterministic: nhwc %.3f, nchw %.3f"
                  + " ms)",
              precision.label(),
              batch,
              nhwc.get() <= nchw.get() ? "nhwc" : "nchw",
              nhwc.get(),
              nchw.get());
        }
      }
    }
  }

  private static Optional<Double> forwardAndData(
      List<SumRow> sums, int batch, Precision precision, TensorLayout layout) {
    return sums.stream()
        .filter(row -> row.who().equals("cudnn") && row.choice().equals(DETERMINISTIC))
        .filter(row -> row.batch() == batch && row.precision().equals(precision.label()))
        .filter(row -> row.layout().equals(layout.label()))
        .flatMap(row -> row.forwardAndData().stream())
        .findFirst();
  }

  private void verdicts(List<ProbeLine> probed, Map<Section, Double> seconds) {
    add("");
    add("%-12s %5s %7s %8s %8s %8s", "section", "ok", "failed", "missing", "skipped", "seconds");
    seconds.forEach(
        (section, taken) -> {
          Map<Verdict, Long> counts = new EnumMap<>(Verdict.class);
          probed.stream()
              .filter(line -> line.section() == section)
              .forEach(line -> counts.merge(line.verdict(), 1L, Long::sum));
          add(
              "%-12s %5d %7d %8d %8d %8.1f",
              section.label(),
              counts.getOrDefault(Verdict.OK, 0L),
              counts.getOrDefault(Verdict.FAILED, 0L),
              counts.getOrDefault(Verdict.MISSING, 0L),
              counts.getOrDefault(Verdict.SKIPPED, 0L),
              taken);
        });
  }

  private void add(String format, Object... values) {
    lines.add(String.format(Locale.ROOT, format, values).stripTrailing());
  }
}
