package dev.vitrine.bench.gpu;

import dev.vitrine.bench.Vgg16;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * VGG16's forward pass, and forward pass with the gradient of logit 0 at the pixels: as it comes
 * ({@code mode=plain}) and repeated, which a card replays as a graph ({@code mode=graph}). Each
 * line ends with the norms of the first image's logits and gradient, to be held against others'.
 */
final class Vgg16Bench {
  private final Backend backend;
  private final Network network;
  private final Vgg16 vgg16;
  private final String precision;
  private final double roundMillis;
  private final Consumer<BenchLine> out;

  Vgg16Bench(
      Backend backend,
      Network network,
      Vgg16 vgg16,
      String precision,
      double roundMillis,
      Consumer<BenchLine> out) {
    this.backend = backend;
    this.network = network;
    this.vgg16 = vgg16;
    this.precision = precision;
    this.roundMillis = roundMillis;
    this.out = out;
  }

  void run(List<Integer> batches, BooleanSupplier late) {
    for (int batch : batches) {
      try (Scope scope = new Scope(backend)) {
        Shape images = Shape.of(batch, vgg16.size(), vgg16.size(), 3);
        Tensor x = scope.of(images, vgg16.pixels(batch));
        Shape logits = network.shapes(images).get(network.output());
        Tensor scores = scope.make(logits);
        Tensor gradient = scope.filled(images, 0);
        Tensor seed = scope.of(logits, firstClass(logits));
        Runnable forward = () -> forward(x, scores);
        Runnable both = () -> both(x, seed, scores, gradient);
        Stopwatch watch = new Stopwatch(() -> norm(scores, 1), roundMillis);
        for (String mode : List.of("plain", "graph")) {
          measure(watch, batch, mode, "forward", forward, scores, null, late);
          measure(watch, batch, mode, "gradient", both, scores, gradient, late);
        }
      }
      backend.trim();
    }
  }

  private void measure(
      Stopwatch watch,
      int batch,
      String mode,
      String pass,
      Runnable step,
      Tensor scores,
      Tensor gradient,
      BooleanSupplier late) {
    BenchLine line = BenchLine.of("vgg16", late.getAsBoolean() ? "skipped" : "ok");
    line.with("batch", batch).with("precision", precision).with("mode", mode).with("pass", pass);
    if (line.ok()) {
      backend.fill(scores.buffer(), Double.NaN);
      line.with("ms", "%.4f", mode.equals("plain") ? watch.millis(step) : repeated(watch, step));
      line.with("logits", "%.5e", norm(scores, scores.shape().size() / batch));
      if (gradient != null) {
        line.with("gradient", "%.5e", norm(gradient, gradient.shape().size() / batch));
      }
    }
    out.accept(line);
  }

  private double repeated(Stopwatch watch, Runnable step) {
    try (Repeated repeated = network.repeat(step)) {
      return watch.millis(repeated::run);
    }
  }

  private void forward(Tensor x, Tensor scores) {
    try (Run run = network.forward(x)) {
      keep(run.output(), scores);
    }
  }

  private void both(Tensor x, Tensor seed, Tensor scores, Tensor gradient) {
    try (Run run = network.forward(x, Listen.toOutput().withGradients())) {
      keep(run.output(), scores);
      keep(run.backward(Map.of(run.output(), seed), List.of(x)).at(x), gradient);
    }
  }

  /** What a step leaves behind lies in memory that was there before it. */
  private void keep(Tensor result, Tensor place) {
    backend.unary(Unary.LINEAR, 1, 0, result.buffer(), place.buffer());
  }

  private static float[] firstClass(Shape logits) {
    float[] seed = new float[(int) logits.size()];
    for (int i = 0; i < seed.length; i += logits.dim(1)) {
      seed[i] = 1;
    }
    return seed;
  }

  /** Waits for the device, and returns the norm of the first numbers. */
  private double norm(Tensor t, long count) {
    float[] values = new float[(int) count];
    backend.download(t.buffer(), 0, values, 0, values.length);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
