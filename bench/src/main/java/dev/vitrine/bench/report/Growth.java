package dev.vitrine.bench.report;

import dev.vitrine.viz.plot.LinePlot;
import dev.vitrine.viz.plot.LinePlot.Curve;
import dev.vitrine.viz.plot.LinePlot.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** How cost grows with size, batch and threads, as plots against what is linear. */
final class Growth {
  private static final String OURS = "vitrine";
  private static final String LINEAR = "linear";

  /** An axis on which one thing is varied and the others stay. */
  private record Axis(String name, String title, String upTitle, ToDoubleFunction<Measurement> at) {
    boolean isThreads() {
      return name.equals("threads");
    }

    /** What it is written as at a measurement. */
    String text(Measurement m) {
      return switch (name) {
        case "size" -> m.parameter("size");
        case "batch" -> m.parameter("batch");
        default -> m.threads() + "";
      };
    }
  }

  private static final List<Axis> AXES =
      List.of(
          new Axis(
              "size",
              "height and width, spaced by their square",
              "milliseconds",
              m -> Math.pow(number(m, "size"), 2)),
          new Axis("batch", "images at once", "milliseconds", m -> number(m, "batch")),
          new Axis("threads", "threads", "times as fast as one thread", Measurement::threads));

  private final List<Measurement> measured;
  private final int threads;

  /**
   * Growth in what was measured.
   *
   * @param threads of the items that vary something else
   */
  Growth(Results results, int threads) {
    this.measured =
        results.all().stream()
            .filter(m -> m.benchmark().matches("(Forward|Gradient)Benchmark\\..*"))
            .filter(m -> number(m, "size") > 0)
            .toList();
    this.threads = threads;
  }

  private static double number(Measurement m, String parameter) {
    String text = m.parameter(parameter);
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  /** A plot for each pass and model on each axis that has two places or more. */
  List<LinePlot> plots() {
    List<LinePlot> plots = new ArrayList<>();
    List<String> models = measured.stream().map(m -> m.parameter("model")).distinct().toList();
    for (String model : models) {
      for (String pass : List.of("ForwardBenchmark.forward", "GradientBenchmark.gradient")) {
        for (Axis axis : AXES) {
          List<Measurement> on =
              measured.stream()
                  .filter(m -> m.parameter("model").equals(model) && m.benchmark().equals(pass))
                  .filter(m -> lies(m, axis))
                  .toList();
          if (on.stream().mapToDouble(axis.at()).distinct().count() > 1) {
            plots.add(plot(model, pass.replaceFirst(".*\\.", ""), axis, on));
          }
        }
      }
    }
    return plots;
  }

  /** True if nothing but what is varied differs from the usual. */
  private boolean lies(Measurement m, Axis axis) {
    boolean single = m.parameter("batch").equals("1");
    boolean usual = m.parameter("size").equals("224");
    return switch (axis.name()) {
      case "size" -> single && m.threads() == threads;
      case "batch" -> usual && m.threads() == threads;
      default -> single && usual;
    };
  }

  private LinePlot plot(String model, String pass, Axis axis, List<Measurement> on) {
    TreeMap<Double, String> places = new TreeMap<>();
    on.forEach(m -> places.put(axis.at().applyAsDouble(m), axis.text(m)));
    double last = places.lastKey();
    List<Mark> marks = new ArrayList<>();
    places.forEach((at, text) -> marks.add(new Mark(at / last, text)));
    List<Curve> curves = new ArrayList<>();
    for (String backend : on.stream().map(m -> m.parameter("backend")).distinct().toList()) {
      double[] values = values(on, backend, axis, places);
      curves.add(curve(backend, places, last, values));
      if (backend.equals(OURS)) {
        curves.add(curve(LINEAR, places, last, linear(values, axis, places)));
      }
    }
    String title = "%s, %s: growth with %s".formatted(model, pass, axis.name());
    return new LinePlot(title, axis.upTitle(), axis.title(), marks, curves);
  }

  private static Curve curve(
      String name, TreeMap<Double, String> places, double last, double[] values) {
    double[] at = places.keySet().stream().mapToDouble(place -> place / last).toArray();
    return new Curve(name, at, values);
  }

  /** Milliseconds, or for threads how many times as fast as with one. */
  private static double[] values(
      List<Measurement> on, String backend, Axis axis, Map<Double, String> places) {
    double[] values =
        places.keySet().stream()
            .mapToDouble(
                place ->
                    Measurement.median(
                        on.stream()
                            .filter(m -> m.parameter("backend").equals(backend))
                            .filter(m -> axis.at().applyAsDouble(m) == place)
                            .mapToDouble(Measurement::median)
                            .toArray()))
            .toArray();
    double first = values[0];
    for (int i = 0; i < values.length && axis.isThreads(); i++) {
      values[i] = first / values[i];
    }
    return values;
  }

  /** Through our first place and zero; for threads, as many times as fast as there are. */
  private static double[] linear(double[] values, Axis axis, TreeMap<Double, String> places) {
    double first = places.firstKey();
    double start = axis.isThreads() ? 1 : values[0];
    return places.keySet().stream().mapToDouble(place -> start * place / first).toArray();
  }
}
