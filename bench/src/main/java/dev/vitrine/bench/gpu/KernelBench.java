package dev.vitrine.bench.gpu;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Every operation that is a kernel of ours, on large tensors: the bytes that it has to read and
 * write over the time that it takes, beside the bandwidth of the card's own copy.
 */
final class KernelBench {
  private static final Window TWO = Window.of(2, 2, 2, 2);
  private static final Window THREE = Window.of(3, 3, 2, 2).padded(0, 0, 1, 1);

  private final Backend backend;
  private final int n;
  private final int size;
  private final int channels;
  private final double copy;
  private final Stopwatch watch;
  private final Consumer<BenchLine> out;
  private final BooleanSupplier late;

  /**
   * A benchmark on images {@code [n, size, size, channels]}.
   *
   * @param size even
   * @param channels even
   * @param copy the bandwidth of a copy in GB/s, NaN if it is not known
   */
  KernelBench(
      Backend backend,
      int n,
      int size,
      int channels,
      double copy,
      double roundMillis,
      Consumer<BenchLine> out,
      BooleanSupplier late) {
    this.backend = backend;
    this.n = n;
    this.size = size;
    this.channels = channels;
    this.copy = copy;
    this.out = out;
    this.late = late;
    Buffer one = backend.alloc(Shape.of(1));
    backend.fill(one, 0);
    this.watch = new Stopwatch(() -> backend.download(one, 0, new float[1], 0, 1), roundMillis);
  }

  /** Runs all of them, those that a network spends its time in first. */
  void run() {
    List<Runnable> families =
        List.of(
            this::binary,
            this::pooling,
            this::unary,
            this::reductions,
            this::moves,
            this::geometry,
            this::learning);
    families.forEach(Runnable::run);
  }

  private void binary() {
    try (Lent lent = new Lent(backend)) {
      Buffer a = lent.filled(n, size, size, channels);
      Buffer b = lent.filled(n, size, size, channels);
      Buffer channel = lent.filled(1, 1, 1, channels);
      Buffer image = lent.filled(n, 1, 1, channels);
      Buffer y = lent.empty(n, size, size, channels);
      for (Binary kind : Binary.values()) {
        measure(name(kind), bytes(a, b, y), () -> backend.binary(kind, a, b, y));
      }
      measure("add_per_channel", bytes(a, y), () -> backend.binary(Binary.ADD, a, channel, y));
      measure(
          "multiply_per_image", bytes(a, y), () -> backend.binary(Binary.MULTIPLY, a, image, y));
    }
    try (Lent lent = new Lent(backend)) {
      // The product of a column and a row only writes; bias and ReLU then read and write in place.
      Buffer column = lent.filled(n * size * size, 1);
      Buffer row = lent.filled(1, channels);
      Buffer bias = lent.filled(channels);
      Buffer y = lent.empty(n * size * size, channels);
      measure(
          "product_bias_relu",
          bytes(y, y, y),
          () -> backend.matmul(column, false, row, false, bias, PostOp.RELU, y));
    }
  }

  private void pooling() {
    for (Window window : List.of(TWO, THREE)) {
      try (Lent lent = new Lent(backend)) {
        Buffer x = lent.filled(n, size, size, channels);
        Buffer y = lent.empty(n, size / 2, size / 2, channels);
        Buffer switches = lent.switches(window, y);
        String kernel = "_%dx%d".formatted(window.kernelH(), window.kernelW());
        // A switch is a byte.
        long withSwitches = bytes(x, y) + y.shape().size();
        measure("max_pool" + kernel, withSwitches, () -> backend.maxPool(window, x, switches, y));
        measure(
            "max_pool_backward" + kernel,
            withSwitches,
            () -> backend.maxPoolBackward(window, y, switches, x));
        measure("average_pool" + kernel, bytes(x, y), () -> backend.averagePool(window, x, y));
        measure(
            "average_pool_backward" + kernel,
            bytes(x, y),
            () -> backend.averagePoolBackward(window, y, x));
      }
    }
  }

  private void unary() {
    try (Lent lent = new Lent(backend)) {
      Buffer x = lent.filled(n, size, size, channels);
      Buffer y = lent.empty(n, size, size, channels);
      measure("fill", bytes(y), () -> backend.fill(y, 1));
      for (Unary kind : Unary.values()) {
        measure(name(kind), bytes(x, y), () -> backend.unary(kind, 0.25, 0.75, x, y));
      }
    }
  }

  private void reductions() {
    try (Lent lent = new Lent(backend)) {
      Buffer x = lent.filled(n, size, size, channels);
      Buffer perChannel = lent.empty(n, 1, 1, channels);
      Buffer perPixel = lent.empty(n, size, size, 1);
      Buffer all = lent.empty(1, 1, 1, 1);
      for (Reduction kind : Reduction.values()) {
        String name = name(kind);
        measure(
            name + "_of_pixels", bytes(x, perChannel), () -> backend.reduce(kind, x, perChannel));
        measure(name + "_of_channels", bytes(x, perPixel), () -> backend.reduce(kind, x, perPixel));
        measure(name + "_of_all", bytes(x, all), () -> backend.reduce(kind, x, all));
      }
    }
    try (Lent lent = new Lent(backend)) {
      int classes = size * channels;
      Buffer x = lent.filled(n * size, classes);
      Buffer y = lent.empty(n * size, classes);
      measure("softmax", bytes(x, y), () -> backend.softmax(x, y));
    }
  }

  private void moves() {
    try (Lent lent = new Lent(backend)) {
      Buffer x = lent.filled(n, size, size, channels);
      Buffer padded = lent.empty(n, size + 2, size + 2, channels);
      int[] by = {0, 1, 1, 0};
      measure("pad", bytes(x, padded), () -> backend.pad(x, by, 0, padded));
      measure("slice", bytes(x, x), () -> backend.slice(padded, by, x));
    }
    try (Lent lent = new Lent(backend)) {
      List<Buffer> halves =
          List.of(
              lent.filled(n, size, size, channels / 2), lent.filled(n, size, size, channels / 2));
      Buffer y = lent.empty(n, size, size, channels);
      measure("concat_channels", bytes(y, y), () -> backend.concat(halves, 3, y));
    }
  }

  private void geometry() {
    try (Lent lent = new Lent(backend)) {
      Buffer small = lent.filled(n, size / 2, size / 2, channels);
      Buffer large = lent.filled(n, size, size, channels);
      long moved = bytes(small, large);
      for (Interpolation kind : Interpolation.values()) {
        String name = "resample_" + name(kind);
        measure(name + "_up", moved, () -> backend.resample(kind, small, large));
        measure(name + "_down", moved, () -> backend.resample(kind, large, small));
        measure(name + "_backward", moved, () -> backend.resampleBackward(kind, large, small));
      }
    }
    try (Lent lent = new Lent(backend)) {
      Buffer x = lent.filled(n, size, size, channels);
      Buffer y = lent.empty(n, size, size, channels);
      Affine turn = new Affine(0.98, 0.17, -3, -0.17, 0.98, 6);
      measure("warp", bytes(x, y), () -> backend.warp(turn, x, y));
      measure("warp_backward", bytes(x, y), () -> backend.warpBackward(turn, x, y));
    }
  }

  private void learning() {
    try (Lent lent = new Lent(backend)) {
      Buffer grad = lent.filled(n, size, size, channels);
      Buffer m = lent.filled(n, size, size, channels);
      Buffer v = lent.filled(n, size, size, channels);
      Buffer x = lent.filled(n, size, size, channels);
      AdamStep step = new AdamStep(1e-3, 0.9, 0.999, 1e-8, 0, 1);
      measure("adam", bytes(grad, m, m, v, v, x, x), () -> backend.adam(step, grad, m, v, x));
    }
  }

  private void measure(String kernel, long bytes, Runnable call) {
    BenchLine line = BenchLine.of("kernel", late.getAsBoolean() ? "skipped" : "ok");
    line.with("name", kernel);
    if (line.ok()) {
      double millis = watch.millis(call);
      double bandwidth = bytes / millis / 1e6;
      line.with("ms", "%.4f", millis).with("gbs", "%.5g", bandwidth);
      line.with("of_copy", "%.3f", bandwidth / copy);
    }
    out.accept(line);
  }

  private static String name(Enum<?> kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static long bytes(Buffer... moved) {
    long bytes = 0;
    for (Buffer buffer : moved) {
      bytes += buffer.shape().size() * Float.BYTES;
    }
    return bytes;
  }
}
