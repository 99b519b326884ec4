package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Prints how long the operations of VGG16 take; run its main, it is not a test. */
final class OneDnnTimes {
  /** Input side, input and output channels of VGG16's convolutions. */
  private static final int[][] VGG16 = {
    {224, 3, 64},
    {224, 64, 64},
    {112, 64, 128},
    {112, 128, 128},
    {56, 128, 256},
    {56, 256, 256},
    {56, 256, 256},
    {28, 256, 512},
    {28, 512, 512},
    {28, 512, 512},
    {14, 512, 512},
    {14, 512, 512},
    {14, 512, 512}
  };

  private static final Convolution SAME3 =
      new Convolution(Window.of(3, 3, 1, 1).padded(1, 1, 1, 1), 1);

  private final OneDnnBackend backend;

  private OneDnnTimes(OneDnnBackend backend) {
    this.backend = backend;
  }

  public static void main(String[] arguments) {
    long start = System.nanoTime();
    try (OneDnnBackend backend = new OneDnnBackend()) {
      System.out.println(backend.description());
      System.out.printf("open %.0f ms%n", (System.nanoTime() - start) / 1e6);
      OneDnnTimes times = new OneDnnTimes(backend);
      List<String> parts =
          arguments.length == 0 ? List.of("conv", "dense", "rest") : List.of(arguments);
      if (parts.contains("conv")) {
        times.convolutions(1);
      }
      if (parts.contains("conv16")) {
        times.convolutions(16);
      }
      if (parts.contains("dense")) {
        times.dense(1);
        times.dense(16);
      }
      if (parts.contains("rest")) {
        times.rest();
      }
    }
  }

  private void convolutions(int batch) {
    double forward = 0;
    double rotated = 0;
    double primitive = 0;
    for (int[] layer : VGG16) {
      int side = layer[0];
      Buffer x = random(batch, side, side, layer[1]);
      Buffer y = random(batch, side, side, layer[2]);
      Buffer kernel = random(3, 3, layer[1], layer[2]);
      Buffer bias = random(layer[2]);
      double unfrozen = time(5, () -> backend.convolutionBackwardData(SAME3, y, kernel, x));
      backend.freeze(kernel);
      double f = time(5, () -> backend.convolution(SAME3, x, kernel, bias, PostOp.RELU, y));
      double b = time(5, () -> backend.convolutionBackwardData(SAME3, y, kernel, x));
      double gflop = 2e-9 * batch * side * side * 9.0 * layer[1] * layer[2];
      System.out.printf(
          Locale.ROOT,
          "conv %s batch %d: forward %.2f ms (%.0f GFLOP/s), rotated %.2f ms, unfrozen primitive"
              + " %.2f ms%n",
          Arrays.toString(layer),
          batch,
          f,
          gflop / f * 1e3,
          b,
          unfrozen);
      forward += f;
      rotated += b;
      primitive += unfrozen;
      for (Buffer buffer : List.of(x, y, kernel, bias)) {
        backend.release(buffer);
      }
      backend.trim();
    }
    System.out.printf(
        Locale.ROOT,
        "VGG16 convolutions, batch %d: forward %.1f ms, backward data rotated %.1f ms, primitive"
            + " with packing %.1f ms%n",
        batch,
        forward,
        rotated,
        primitive);
  }

  private void dense(int batch) {
    for (int[] layer : new int[][] {{25088, 4096}, {4096, 4096}, {4096, 1000}}) {
      Buffer x = random(batch, layer[0]);
      Buffer w = random(layer[0], layer[1]);
      Buffer bias = random(layer[1]);
      Buffer y = random(batch, layer[1]);
      backend.freeze(w);
      double bytes = 4.0 * layer[0] * layer[1];
      double f = time(7, () -> backend.matmul(x, false, w, false, bias, PostOp.RELU, y));
      double b = time(7, () -> backend.matmul(y, false, w, true, null, PostOp.NONE, x));
      System.out.printf(
          Locale.ROOT,
          "dense %s batch %d: forward %.2f ms (%.1f GB/s), backward %.2f ms (%.1f GB/s)%n",
          Arrays.toString(layer),
          batch,
          f,
          bytes / f / 1e6,
          b,
          bytes / b / 1e6);
      for (Buffer buffer : List.of(x, y, w, bias)) {
        backend.release(buffer);
      }
      backend.trim();
    }
  }

  private void rest() {
    Buffer x = random(1, 224, 224, 64);
    Buffer g = random(1, 224, 224, 64);
    Buffer y = random(1, 224, 224, 64);
    Buffer bias = random(64);
    double mb = 4e-6 * 224 * 224 * 64;
    for (Binary kind : Binary.values()) {
      report("binary " + kind, 3 * mb, () -> backend.binary(kind, x, g, y));
    }
    report("binary ADD [64]", 2 * mb, () -> backend.binary(Binary.ADD, x, bias, y));
    for (Unary kind : Unary.values()) {
      report("unary " + kind, 2 * mb, () -> backend.unary(kind, 0.5, 1, x, y));
    }
    report("fill", mb, () -> backend.fill(y, 1));
    Window two = Window.of(2, 2, 2, 2);
    Buffer pooled = random(1, 112, 112, 64);
    Buffer switches = backend.allocSwitches(two, pooled.shape());
    report("max pool 2x2", 1.25 * mb, () -> backend.maxPool(two, x, null, pooled));
    report("max pool 2x2 switches", 1.3 * mb, () -> backend.maxPool(two, x, switches, pooled));
    report(
        "max pool 2x2 backward", 1.3 * mb, () -> backend.maxPoolBackward(two, pooled, switches, y));
    report("average pool 2x2", 1.25 * mb, () -> backend.averagePool(two, x, pooled));
    report(
        "average pool 2x2 backward", 1.25 * mb, () -> backend.averagePoolBackward(two, pooled, y));
    Window three = Window.of(3, 3, 2, 2).padded(0, 0, 1, 1);
    Buffer switches3 = backend.allocSwitches(three, pooled.shape());
    report("max pool 3x3/2 switches", 1.3 * mb, () -> backend.maxPool(three, x, switches3, pooled));
    report(
        "max pool 3x3/2 backward",
        1.3 * mb,
        () -> backend.maxPoolBackward(three, pooled, switches3, y));
    Buffer perChannel = random(1, 1, 1, 64);
    Buffer perPixel = random(1, 224, 224, 1);
    Buffer one = random(1, 1, 1, 1);
    for (Reduction kind : Reduction.values()) {
      report("reduce to channels " + kind, mb, () -> backend.reduce(kind, x, perChannel));
      report("reduce channels " + kind, mb, () -> backend.reduce(kind, x, perPixel));
      report("reduce all " + kind, mb, () -> backend.reduce(kind, x, one));
    }
    Buffer both = random(1, 224, 224, 128);
    report("concat channels 64+64", 4 * mb, () -> backend.concat(List.of(x, g), 3, both));
    report(
        "slice channels 64 of 128", 2 * mb, () -> backend.slice(both, new int[] {0, 0, 0, 32}, y));
    Buffer padded = random(1, 226, 226, 64);
    report("pad 1", 3 * mb, () -> backend.pad(x, new int[] {0, 1, 1, 0}, 0, padded));
    Buffer image = random(1, 224, 224, 3);
    Buffer jittered = random(1, 224, 224, 3);
    double image4 = 4e-6 * 224 * 224 * 3;
    report(
        "warp image",
        2 * image4,
        () -> backend.warp(new Affine(1, 0.1, 3, -0.1, 1, 5), image, jittered));
    report(
        "warp image backward",
        2 * image4,
        () -> backend.warpBackward(new Affine(1, 0.1, 3, -0.1, 1, 5), jittered, image));
    Buffer bigger = random(1, 448, 448, 3);
    Buffer map = random(1, 14, 14, 512);
    Buffer large = random(1, 224, 224, 512);
    for (Interpolation kind : Interpolation.values()) {
      report(
          "resample image 224 to 448 " + kind,
          5 * image4,
          () -> backend.resample(kind, image, bigger));
      report(
          "resample image 448 to 224 " + kind,
          5 * image4,
          () -> backend.resample(kind, bigger, image));
      report(
          "its transpose " + kind, 5 * image4, () -> backend.resampleBackward(kind, image, bigger));
      report("resample 14x14x512 to 224 " + kind, 8 * mb, () -> backend.resample(kind, map, large));
    }
    Buffer m = random(1, 224, 224, 64);
    backend.fill(m, 0);
    AdamStep adam = new AdamStep(0.05, 0.9, 0.999, 1e-8, 0, 3);
    backend.fill(g, 1);
    report("adam", 7 * mb, () -> backend.adam(adam, x, m, g, y));
    Buffer logits = random(16, 1000);
    Buffer probabilities = random(16, 1000);
    report("softmax 16x1000", 0.128, () -> backend.softmax(logits, probabilities));
  }

  private void report(String what, double megabytes, Runnable operation) {
    double ms = time(20, operation);
    System.out.printf(Locale.ROOT, "%-45s %8.3f ms %7.1f GB/s%n", what, ms, megabytes / ms);
  }

  /**
   * The shortest of some runs, in milliseconds, after half a second of others. With one thread it's
   * the processor's time, so that a busy machine can be measured on.
   */
  private static double time(int runs, Runnable operation) {
    long begin = now();
    int warm = 0;
    while (now() - begin < 500_000_000 || warm < 3) {
      operation.run();
      warm++;
    }
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < runs; i++) {
      long start = now();
      operation.run();
      shortest = Math.min(shortest, now() - start);
    }
    return shortest / 1e6;
  }

  private static long now() {
    return Processor.threads() == 1
        ? ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
        : System.nanoTime();
  }

  private Buffer random(int... dims) {
    Shape shape = Shape.of(dims);
    Buffer buffer = backend.alloc(shape);
    float[] chunk = new float[1 << 16];
    long state = 1;
    for (int i = 0; i < chunk.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      chunk[i] = (state >> 40) / (float) (1 << 23);
    }
    for (long at = 0; at < shape.size(); at += chunk.length) {
      backend.upload(buffer, at, chunk, 0, (int) Math.min(chunk.length, shape.size() - at));
    }
    return buffer;
  }
}
