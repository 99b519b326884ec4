package dev.vitrine.bench.report;

import static dev.vitrine.bench.report.Goals.number;

import dev.vitrine.bench.Vgg16;
import dev.vitrine.bench.contest.Vitrine;
import dev.vitrine.bench.jmh.MethodBenchmark;
import dev.vitrine.bench.report.Results.Key;
import dev.vitrine.bench.report.Table.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a run says, table by table. */
final class Tables {
  private static final String OURS = Vitrine.CPU.name();

  private final Results results;
  private final Goals goals;
  private final int threads;
  private final boolean busy;

  Tables(Results results, Machine machine) {
    this.results = results;
    this.threads = machine.threads();
    this.goals = new Goals(results, threads);
    this.busy = machine.busy().isPresent();
  }

  /** Those that have a row. */
  List<Table> all() {
    List<Table> tables =
        List.of(
            goals(),
            machine(),
            networks(),
            convolutions(),
            peersConvolutions(),
            methods(),
            files(),
            memory());
    return tables.stream().filter(t -> !t.empty()).toList();
  }

  private Table goals() {
    List<Row> rows =
        goals.findings().stream()
            .map(
                f ->
                    Row.of(
                        f.what(),
                        f.measured(),
                        f.goal(),
                        busy && f.met() != null ? "not judged" : f.verdict()))
            .toList();
    return new Table(
        "Goals",
        "Ratios are the middle of the rounds, in brackets their range.",
        List.of("what", "measured", "goal", ""),
        rows);
  }

  private Table machine() {
    List<Row> rows = new ArrayList<>();
    if (!Double.isNaN(goals.peak())) {
      rows.add(
          Row.of(
              "fused multiply-adds, " + threads + " threads",
              number("%.0f GFLOP/s", goals.peak() / 1e9)));
      rows.add(Row.of("reading memory", number("%.1f GB/s", goals.bandwidth() / 1e9)));
      rows.add(
          Row.of("floor of VGG16 forward, batch 1", number("%.1f ms", goals.floor("forward"))));
      rows.add(Row.of("floor with the gradient", number("%.1f ms", goals.floor("gradient"))));
    }
    double[] handover = goals.handover();
    if (handover.length > 0) {
      rows.add(
          Row.of(
              "a number from one thread to another",
              number("%.0f", handover[0]) + number(" to %.0f ns", handover[handover.length - 1])));
    }
    return new Table(
        "The machine",
        "The best iteration of each. A floor is the convolutions' operations over the multiply-adds,"
            + " and the dense weights' bytes over the reading. A number takes some 25 ns where the two"
            + " processors share a cache, 200 where they do not: then layers take up to twice as long.",
        List.of("what", "measured"),
        rows);
  }

  private List<String> backends(String benchmark) {
    List<String> found =
        new ArrayList<>(
            results.all().stream()
                .filter(m -> m.benchmark().startsWith(benchmark))
                .map(m -> m.parameter("backend"))
                .distinct()
                .toList());
    found.remove(OURS);
    return found;
  }

  private Table networks() {
    List<String> peers = backends("ForwardBenchmark");
    List<Row> rows = new ArrayList<>();
    for (String pass : List.of("ForwardBenchmark.forward", "GradientBenchmark.gradient")) {
      networksOf(pass).forEach(p -> rows.add(contest(new Key(pass, p, threads), peers)));
    }
    return new Table(
        "Networks",
        "Milliseconds of ours; of the others, milliseconds and how many times as long.",
        heads("network", peers),
        rows);
  }

  /** The parameters of the networks that were measured at their own size. */
  private List<Map<String, String>> networksOf(String pass) {
    return results.all().stream()
        .filter(m -> m.benchmark().equals(pass) && m.parameter("size").equals("0"))
        .filter(m -> !m.parameter("model").startsWith("block"))
        .map(m -> Map.of("model", m.parameter("model"), "batch", m.parameter("batch"), "size", "0"))
        .distinct()
        .toList();
  }

  private static String what(Key key) {
    return "%s %s, batch %s"
        .formatted(
            key.parameters().get("model"),
            key.benchmark().replaceFirst(".*\\.", ""),
            key.parameters().get("batch"));
  }

  private static List<String> heads(String first, List<String> peers) {
    List<String> heads = new ArrayList<>(List.of(first, OURS));
    heads.addAll(peers);
    return heads;
  }

  private Row contest(Key key, List<String> peers) {
    List<String> cells =
        new ArrayList<>(List.of(what(key), number("%.2f", results.median(key.by(OURS)))));
    for (String peer : peers) {
      double millis = results.median(key.by(peer));
      cells.add(
          Double.isNaN(millis)
              ? "-"
              : number("%.2f", millis) + ": " + results.ratio(key.by(peer), key.by(OURS)));
    }
    return new Row(cells);
  }

  private Table convolutions() {
    List<Row> rows = new ArrayList<>();
    for (String layer : Vgg16.distinctConvolutions()) {
      double forward = goals.millis(layer, "forward");
      if (!Double.isNaN(forward)) {
        double backward = goals.millis(layer, "backwardData");
        rows.add(
            Row.of(
                layer,
                Vgg16.times(layer) + "",
                number("%.2f", forward),
                rate(layer, forward),
                share(layer, forward),
                number("%.2f", backward),
                rate(layer, backward),
                share(layer, backward)));
      }
    }
    return new Table(
        "VGG16's convolutions",
        "At batch 1, in milliseconds, GFLOP/s, and the share of the measured multiply-adds.",
        List.of(
            "layer", "times", "forward", "GFLOP/s", "share", "backward data", "GFLOP/s", "share"),
        rows);
  }

  private static String rate(String layer, double millis) {
    return number("%.0f", Goals.operations(layer) / millis / 1e6);
  }

  private String share(String layer, double millis) {
    return number("%.0f %%", 100 * Goals.operations(layer) / (millis / 1e3) / goals.peak());
  }

  private Table peersConvolutions() {
    List<String> peers = backends("ForwardBenchmark");
    List<Row> rows = new ArrayList<>();
    for (String layer : Vgg16.distinctConvolutions()) {
      Key key =
          new Key(
              "ForwardBenchmark.forward",
              Map.of("model", layer, "batch", "1", "size", "0"),
              threads);
      if (results.of(key).findAny().isPresent()) {
        rows.add(contest(key, peers));
      }
    }
    return new Table(
        "VGG16's convolutions beside the peers'",
        "Forward; milliseconds of ours, of the others how many times as long too.",
        heads("layer", peers),
        rows);
  }

  private Table methods() {
    List<Row> rows = new ArrayList<>();
    for (String model : List.of("squeezenet", "vgg16")) {
      Key gradient = new Key("MethodBenchmark.gradient", Map.of("model", model), threads);
      if (!Double.isNaN(results.median(gradient))) {
        method(rows, "gradient", gradient, gradient, 1);
        method(rows, "guided backpropagation", gradient.method("guided"), gradient, 1);
        method(rows, "Grad-CAM", gradient.method("gradCam"), gradient, 1);
        method(
            rows,
            "integrated gradients, %d steps".formatted(MethodBenchmark.STEPS),
            gradient.method("integratedGradients"),
            gradient,
            MethodBenchmark.STEPS);
      }
      Key channel = new Key("GraetzBenchmark.channel", Map.of("model", model), threads);
      if (!Double.isNaN(results.median(channel))) {
        Key bare = channel.method("barePasses");
        rows.add(
            Row.of(
                model + ", a Graetz channel",
                number("%.0f", results.median(channel)),
                results.ratio(channel, bare) + " of its bare passes"));
      }
    }
    return new Table(
        "Methods",
        "Milliseconds from numbers to numbers, and how many gradients that is.",
        List.of("method", "ms", "times"),
        rows);
  }

  private void method(List<Row> rows, String name, Key key, Key gradient, int steps) {
    String model = key.parameters().get("model");
    Results.Ratio ratio = results.ratio(key, gradient);
    String times = ratio + (steps == 1 ? "" : number(", %.2f a step", ratio.middle() / steps));
    rows.add(Row.of(model + ", " + name, number("%.1f", results.median(key)), times));
  }

  private Table files() {
    List<Row> rows = new ArrayList<>();
    Key read = new Key("LoadingBenchmark.read", Map.of(), threads);
    if (!Double.isNaN(results.median(read))) {
      rows.add(
          Row.of(
              "reading VGG16's file, 553 MB, through a buffer",
              number("%.0f", results.median(read))));
      rows.add(
          Row.of(
              "reading it into memory", number("%.0f", results.median(read.method("readToKeep")))));
      rows.add(Row.of("opening the model", number("%.0f", results.median(read.method("load")))));
      rows.add(Row.of("packing its weights", number("%.0f", goals.packing())));
    }
    double start = results.median(new Key("StartBenchmark.predict", Map.of(), threads));
    if (!Double.isNaN(start)) {
      rows.add(Row.of("./vitrine predict, the whole process", number("%.0f", start)));
    }
    return new Table("Loading and starting", "", List.of("what", "ms"), rows);
  }

  /** Of our own steps. */
  private Table memory() {
    List<Row> rows = new ArrayList<>();
    for (String pass : List.of("ForwardBenchmark.forward", "GradientBenchmark.gradient")) {
      for (Map<String, String> p : networksOf(pass)) {
        Key key = new Key(pass, p, threads).by(OURS);
        double growth = goals.growth(key);
        if (!Double.isNaN(growth)) {
          rows.add(
              Row.of(
                  what(key),
                  number("%.1f", goals.heap(key) / 1e3),
                  number("%.0f", growth),
                  number("%.0f", goals.held(key) / 1e6)));
        }
      }
    }
    return new Table(
        "Memory of our steps",
        "KB of heap allocated in a step, bytes by which native memory grew in the iteration in which"
            + " it grew most, and MB of it held, weights and pool included.",
        List.of("network", "heap, KB", "growth, B", "native, MB"),
        rows);
  }
}
