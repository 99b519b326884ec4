package dev.vitrine.bench.report;

import dev.vitrine.bench.Vgg16;
import dev.vitrine.bench.jmh.MachineBenchmark;
import dev.vitrine.bench.report.Results.Key;
import dev.vitrine.bench.report.Results.Ratio;
import dev.vitrine.engine.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the engine is to reach, and whether it does. */
final class Goals {
  /** VGG16's dense weights, which a batch of one reads once and computes next to nothing with. */
  private static final double DENSE_BYTES = 4.0 * (102_764_544 + 16_781_312 + 4_097_000);

  private static final double FLOOR = 1.08;
  private static final double SHARE_OF_PEAK = 0.9;
  private static final double GRAETZ = 1.1;
  private static final double LOADING = 1.3;
  private static final double START_MILLIS = 700;
  private static final double HEAP = 50_000;

  private final Results results;
  private final int threads;

  Goals(Results results, int threads) {
    this.results = results;
    this.threads = threads;
  }

  private Key key(String benchmark) {
    return new Key(benchmark, Map.of(), threads);
  }

  private Key network(String pass, String model, int batch) {
    String name = pass.equals("forward") ? "ForwardBenchmark" : "GradientBenchmark";
    return new Key(
            name + "." + pass, Map.of("model", model, "batch", batch + "", "size", "0"), threads)
        .by("vitrine");
  }

  /** Floating-point operations in a second at most. */
  double peak() {
    return results.best(key("MachineBenchmark.fma")) * MachineBenchmark.OPERATIONS;
  }

  /** Bytes read in a second at most. */
  double bandwidth() {
    return results.best(key("MachineBenchmark.read")) * MachineBenchmark.BYTES;
  }

  /** Nanoseconds that a number takes from one thread to another, in each of the iterations. */
  double[] handover() {
    return results
        .of(key("HandoverBenchmark.handover"))
        .flatMapToDouble(m -> Arrays.stream(m.scores()))
        .sorted()
        .toArray();
  }

  /**
   * Operations of one of VGG16's convolutions: a multiplication and an addition for each weight.
   */
  static double operations(String convolution) {
    Shape x = Vgg16.FULL.inputOf(convolution);
    int out = 64 << Math.min(convolution.charAt(5) - '1', 3);
    return 2.0 * x.dim(1) * x.dim(2) * 9 * x.dim(3) * out;
  }

  private static double convolutions() {
    return Vgg16.distinctConvolutions().stream()
        .mapToDouble(c -> Vgg16.times(c) * operations(c))
        .sum();
  }

  /** The least milliseconds of VGG16 at batch 1. */
  double floor(String pass) {
    double passes = pass.equals("forward") ? 1 : 2;
    return 1e3 * passes * (convolutions() / peak() + DENSE_BYTES / bandwidth());
  }

  /** Operations in a second over VGG16's convolutions, each as often as it stands there. */
  double throughput(String direction) {
    double seconds =
        Vgg16.distinctConvolutions().stream()
            .mapToDouble(c -> Vgg16.times(c) * millis(c, direction) / 1e3)
            .sum();
    return convolutions() / seconds;
  }

  /** Milliseconds of a convolution by itself. */
  double millis(String convolution, String direction) {
    return results.median(
        key("ConvolutionBenchmark." + direction).with("layer", convolution).with("batch", "1"));
  }

  /** All of them. */
  List<Finding> findings() {
    List<Finding> found = new ArrayList<>();
    found.add(ahead("forward", "vgg16", 1, "pytorch", 1.4));
    found.add(ahead("forward", "vgg16", 1, "pytorch-channels-last", 1.12));
    found.add(ahead("forward", "vgg16", 16, "pytorch-channels-last", 1.5));
    found.add(ahead("gradient", "vgg16", 1, "pytorch", 1.35));
    found.add(ahead("gradient", "vgg16", 1, "pytorch-channels-last", 1.15));
    found.add(ahead("gradient", "vgg16", 16, "pytorch-channels-last", 1.5));
    found.add(atFloor("forward"));
    found.add(atFloor("gradient"));
    found.add(ofPeak("forward"));
    found.add(ofPeak("backwardData"));
    found.add(ahead("forward", "squeezenet", 1, "onnxruntime", 1));
    for (String model : List.of("vgg16", "squeezenet")) {
      found.add(graetz(model));
    }
    found.add(loading("into memory", "readToKeep"));
    found.add(loading("through a buffer", "read"));
    found.add(start());
    for (String model : List.of("vgg16", "squeezenet")) {
      found.add(heap(model));
      found.add(nativeMemory(model));
    }
    return found;
  }

  private static Finding finding(
      String what, String measured, String goal, double value, boolean met) {
    boolean known = !Double.isNaN(value);
    return new Finding(what, known ? measured : "-", goal, known ? met : null);
  }

  private Finding ahead(String pass, String model, int batch, String peer, double goal) {
    Key ours = network(pass, model, batch);
    Ratio ratio = results.ratio(ours.by(peer), ours);
    return finding(
        "%s %s, batch %d: times as fast as %s".formatted(model, pass, batch, peer),
        ratio.toString(),
        "at least " + goal,
        ratio.middle(),
        ratio.middle() >= goal);
  }

  private Finding atFloor(String pass) {
    double over = results.median(network(pass, "vgg16", 1)) / floor(pass);
    return finding(
        "vgg16 %s, batch 1: times the floor, %s".formatted(pass, number("%.0f ms", floor(pass))),
        number("%.2f", over),
        "at most " + FLOOR,
        over,
        over <= FLOOR);
  }

  private Finding ofPeak(String direction) {
    double share = throughput(direction) / peak();
    return finding(
        "vgg16's convolutions, %s: share of the measured peak".formatted(direction),
        number("%.0f %%", 100 * share),
        "at least %.0f %%".formatted(100 * SHARE_OF_PEAK),
        share,
        share >= SHARE_OF_PEAK);
  }

  private Finding graetz(String model) {
    Key channel = key("GraetzBenchmark.channel").with("model", model);
    Ratio ratio = results.ratio(channel, channel.method("barePasses"));
    return finding(
        "%s, a Graetz channel: times its bare passes".formatted(model),
        ratio.toString(),
        "at most " + GRAETZ,
        ratio.middle(),
        ratio.middle() <= GRAETZ);
  }

  /** What packing the weights once takes, in milliseconds; 0 if that is lost in the noise. */
  double packing() {
    return Math.max(
        0,
        results.median(key("LoadingBenchmark.firstRun"))
            - results.median(key("LoadingBenchmark.run")));
  }

  /**
   * Over reading the file to where it stays, which is a floor: its bytes are to be somewhere.
   * Beside it over reading it through one small buffer, which leaves nothing in memory.
   */
  private Finding loading(String what, String read) {
    double packing = packing();
    double ratio =
        (results.median(key("LoadingBenchmark.load")) + packing)
            / (results.median(key("LoadingBenchmark." + read)) + packing);
    return finding(
        "loading VGG16 and packing it: times reading its file %s and packing it".formatted(what),
        number("%.2f", ratio),
        "at most " + LOADING,
        ratio,
        ratio <= LOADING);
  }

  private Finding start() {
    double millis = results.median(key("StartBenchmark.predict"));
    return finding(
        "./vitrine predict as a whole process",
        number("%.0f ms", millis),
        "under %.0f ms".formatted(START_MILLIS),
        millis,
        millis < START_MILLIS);
  }

  private Finding heap(String model) {
    double bytes = heap(network("gradient", model, 1));
    return finding(
        model + ", a gradient step: heap",
        number("%.1f KB", bytes / 1e3),
        "under %.0f KB".formatted(HEAP / 1e3),
        bytes,
        bytes < HEAP);
  }

  private Finding nativeMemory(String model) {
    double bytes = growth(network("gradient", model, 1));
    return finding(
        model + ", gradient steps: growth of native memory",
        number("%.0f B", bytes),
        "none",
        bytes,
        bytes <= 0);
  }

  /** Bytes of heap allocated in a step. */
  double heap(Key key) {
    return Measurement.median(results.of(key).mapToDouble(Measurement::heap).toArray());
  }

  /** Bytes by which native memory grew in an iteration at most. */
  double growth(Key key) {
    return results.of(key).mapToDouble(Measurement::growth).max().orElse(Double.NaN);
  }

  /** Bytes of native memory at most. */
  double held(Key key) {
    return results.of(key).mapToDouble(Measurement::held).max().orElse(Double.NaN);
  }

  static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }
}
