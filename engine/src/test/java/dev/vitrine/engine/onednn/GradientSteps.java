package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A steady loop of what a gradient is made of; its main prints by how much the process grows. */
final class GradientSteps {
  private static final Convolution SAME3 =
      new Convolution(Window.of(3, 3, 1, 1).padded(1, 1, 1, 1), 1);
  private static final Window POOL = Window.of(2, 2, 2, 2);

  private final OneDnnBackend backend;
  private final Buffer x;
  private final Buffer frozen;
  private final Buffer moving;

  /** {@code x} is {@code [1, h, w, c]}, the kernels {@code [3, 3, c, c]}. */
  GradientSteps(OneDnnBackend backend, Buffer x, Buffer frozen, Buffer moving) {
    this.backend = backend;
    this.x = x;
    this.frozen = frozen;
    this.moving = moving;
  }

  void run(int count) {
    Shape image = x.shape();
    Shape half = Shape.of(1, image.dim(1) / 2, image.dim(2) / 2, image.dim(3));
    for (int i = 0; i < count; i++) {
      Buffer activation = backend.alloc(image);
      Buffer pooled = backend.alloc(half);
      Buffer switches = backend.allocSwitches(POOL, half);
      Buffer gradient = backend.alloc(image);
      Buffer masked = backend.alloc(image);
      backend.convolution(SAME3, x, frozen, null, PostOp.RELU, activation);
      backend.maxPool(POOL, activation, switches, pooled);
      backend.maxPoolBackward(POOL, pooled, switches, gradient);
      backend.binary(Binary.RELU_GRADIENT, activation, gradient, masked);
      backend.convolutionBackwardData(SAME3, masked, frozen, gradient);
      backend.convolutionBackwardData(SAME3, masked, moving, gradient);
      backend.unary(Unary.LINEAR, 1e-3 * i, 0, gradient, masked);
      for (Buffer buffer : new Buffer[] {activation, pooled, switches, gradient, masked}) {
        backend.release(buffer);
      }
    }
  }

  /** Of the image's side, its channels, and how many steps. */
  public static void main(String[] arguments) throws IOException {
    int side = Integer.parseInt(arguments[0]);
    int channels = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    try (OneDnnBackend backend = new OneDnnBackend()) {
      Shape kernel = Shape.of(3, 3, channels, channels);
      Buffer frozen = filled(backend, kernel);
      backend.freeze(frozen);
      GradientSteps steps =
          new GradientSteps(
              backend,
              filled(backend, Shape.of(1, side, side, channels)),
              frozen,
              filled(backend, kernel));
      steps.run(count); // until the JVM has compiled it all
      long before = residentBytes();
      steps.run(count);
      System.out.println(residentBytes() - before);
    }
  }

  private static Buffer filled(OneDnnBackend backend, Shape shape) {
    Buffer buffer = backend.alloc(shape);
    backend.fill(buffer, 0.25);
    return buffer;
  }

  private static long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> line.replaceAll("[^0-9]", ""))
            .mapToLong(Long::parseLong)
            .findFirst()
            .orElseThrow()
        * 1024;
  }
}
