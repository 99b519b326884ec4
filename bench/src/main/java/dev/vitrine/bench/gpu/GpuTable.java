package dev.vitrine.bench.gpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The short table of a run on a card, out of its log: parts, kernels and VGG16 beside the goals.
 */
public final class GpuTable {
  /** Kernels on large tensors reach this part of a copy's bandwidth. */
  private static final double COPY_GOAL = 0.8;

  /** How far the networks' norms may lie apart: the same sums in another order. */
  private static final double AGREEMENT = 0.02;

  private static final Pattern TESTS =
      Pattern.compile("\\[ *(\\d+) tests (successful|failed|aborted|skipped) *]");

  private final List<String> log;
  private final List<BenchLine> lines;
  private final List<String> table = new ArrayList<>();

  private GpuTable(List<String> log) {
    this.log = log;
    this.lines = log.stream().map(BenchLine::parse).flatMap(Optional::stream).toList();
  }

  /** Prints the table of a log file. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      System.err.println("usage: GpuTable LOG");
      System.exit(2);
    }
    of(Files.readAllLines(Path.of(args[0]))).forEach(System.out::println);
  }

  static List<String> of(List<String> log) {
    GpuTable table = new GpuTable(log);
    table.heading();
    table.tests();
    table.kernels();
    table.vgg16();
    return table.table;
  }

  private void row(String format, Object... arguments) {
    table.add(String.format(Locale.ROOT, format, arguments));
  }

  private Stream<BenchLine> lines(String topic) {
    return lines.stream().filter(l -> l.topic().equals(topic));
  }

  private void heading() {
    row(
        "%s",
        lines("card").filter(BenchLine::ok).map(l -> l.text("text")).findFirst().orElse("no card"));
    lines("pytorch")
        .filter(l -> l.fields().containsKey("text"))
        .map(l -> l.text("text"))
        .distinct()
        .forEach(text -> row("%s", text));
    lines("part")
        .filter(l -> !l.ok())
        .forEach(l -> row("%-10s %s %s", l.text("name"), l.verdict(), exit(l.text("exit"))));
  }

  private static String exit(String code) {
    return switch (code) {
      case "" -> "for want of time";
      case "124", "137" -> "after its time was up";
      default -> "with exit code " + code;
    };
  }

  private void tests() {
    String part = "";
    StringBuilder counts = new StringBuilder();
    for (String line : log) {
      Matcher count = TESTS.matcher(line.strip());
      if (line.startsWith("== ")) {
        part = line.split(" ")[1];
      } else if (count.matches() && !count.group(1).equals("0")) {
        counts.append(counts.isEmpty() ? "" : ", ").append(count.group(1)).append(' ');
        counts.append(count.group(2));
      } else if (line.startsWith("part ") && !counts.isEmpty()) {
        row("%-10s %s", part, counts);
        counts.setLength(0);
      }
    }
  }

  private void kernels() {
    List<BenchLine> measured = lines("kernel").filter(BenchLine::ok).toList();
    if (measured.isEmpty()) {
      return;
    }
    double copy = lines("copy").mapToDouble(l -> l.number("gbs")).findFirst().orElse(Double.NaN);
    if (Double.isNaN(copy)) {
      row("kernels    %d measured, and no copy to hold them against", measured.size());
      return;
    }
    List<BenchLine> slow =
        measured.stream()
            .filter(l -> !(l.number("of_copy") >= COPY_GOAL))
            .sorted(Comparator.comparingDouble(l -> l.number("of_copy")))
            .toList();
    row(
        "kernels    %d of %d reach %.0f %% of a copy's %.0f GB/s",
        measured.size() - slow.size(), measured.size(), 100 * COPY_GOAL, copy);
    for (BenchLine line : slow) {
      row("  below    %-34s %4.0f %%", line.text("name"), 100 * line.number("of_copy"));
    }
  }

  private void vgg16() {
    if (lines("vgg16").noneMatch(BenchLine::ok)) {
      return;
    }
    row(
        "%-10s %5s %-9s %9s %9s %9s %9s %7s  %s",
        "VGG16, ms", "batch", "pass", "plain", "graph", "eager", "compiled", "ratio", "goal");
    for (String precision : List.of("fp32", "tf32")) {
      for (String batch : lines("vgg16").map(l -> l.text("batch")).distinct().toList()) {
        for (String pass : List.of("forward", "gradient")) {
          vgg16(precision, batch, pass);
        }
      }
    }
  }

  private void vgg16(String precision, String batch, String pass) {
    BenchLine plain = fastest("vgg16", "plain", precision, batch, pass);
    BenchLine graph = fastest("vgg16", "graph", precision, batch, pass);
    BenchLine eager = fastest("pytorch", "eager", precision, batch, pass);
    BenchLine compiled = fastest("pytorch", "compiled", precision, batch, pass);
    if (plain == null && graph == null) {
      return;
    }
    double ratio = ms(eager) / Math.min(orElseLarge(ms(plain)), orElseLarge(ms(graph)));
    double wanted = !pass.equals("gradient") ? Double.NaN : batch.equals("1") ? 1.3 : 1;
    String goal =
        Double.isNaN(wanted) || Double.isNaN(ratio)
            ? ""
            : String.format(Locale.ROOT, "%.1f %s", wanted, ratio >= wanted ? "met" : "MISSED");
    row(
        "%-10s %5s %-9s %s %s %s %s %s  %s%s",
        precision,
        batch,
        pass,
        number(ms(plain), 9),
        number(ms(graph), 9),
        number(ms(eager), 9),
        number(ms(compiled), 9),
        number(ratio, 7),
        goal,
        disagreement(plain, graph, eager, compiled));
  }

  /** The fastest of the modes whose name begins so, or null. */
  private BenchLine fastest(
      String topic, String mode, String precision, String batch, String pass) {
    return lines(topic)
        .filter(BenchLine::ok)
        .filter(l -> l.text("mode").startsWith(mode) && l.text("pass").equals(pass))
        .filter(l -> l.text("precision").equals(precision) && l.text("batch").equals(batch))
        .min(Comparator.comparingDouble(GpuTable::ms))
        .orElse(null);
  }

  private static double ms(BenchLine line) {
    return line == null ? Double.NaN : line.number("ms");
  }

  private static double orElseLarge(double ms) {
    return Double.isNaN(ms) ? Double.MAX_VALUE : ms;
  }

  private static String number(double value, int width) {
    String text = Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  /** Says so where two have not computed the same: then their times say nothing. */
  private static String disagreement(BenchLine... lines) {
    for (String norm : List.of("logits", "gradient")) {
      double[] norms =
          Stream.of(lines)
              .filter(l -> l != null && l.fields().containsKey(norm))
              .mapToDouble(l -> l.number(norm))
              .toArray();
      for (double other : norms) {
        if (!(Math.abs(other - norms[0]) <= AGREEMENT * Math.abs(norms[0]))) {
          return String.format(Locale.ROOT, "  %s DISAGREE: %.3e and %.3e", norm, norms[0], other);
        }
      }
    }
    return "";
  }
}
