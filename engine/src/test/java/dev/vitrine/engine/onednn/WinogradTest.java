package dev.vitrine.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Winograd's convolutions against the direct sum. */
final class WinogradTest {
  private static final int IN = 64;
  private static final int OUT = 128;
  private static final Shape KERNEL = Shape.of(3, 3, IN, OUT);
  private static final Convolution SAME = padded(1, 1, 1, 1);

  private final OneDnnBackend backend = new OneDnnBackend(Primitives.CAPACITY, true, 3);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void theTransformsOfOneAxisMakeAConvolution() {
    float[][] d = column(3, -1, 4, 1, -5, 9);
    float[][] g = column(2, 7, -1);
    float[][] u = new float[6][1];
    Winograd.kernel(g, 0, 1, u, 0, 1, 1);
    Winograd.input(d, 0, 1, 1);
    for (int i = 0; i < 6; i++) {
      d[i][0] *= u[i][0];
    }
    Winograd.output(d, 0, 1, 1);
    float[] sums = {3 * 2 - 7 - 4, -2 + 4 * 7 - 1, 4 * 2 + 7 + 5, 2 - 5 * 7 - 9};
    for (int i = 0; i < 4; i++) {
      assertThat(d[i][0]).as("row %d", i).isCloseTo(sums[i], within(2e-5f));
    }
  }

  @Test
  void bothDirectionsAreThoseOfTheDirectSum() {
    Convolution[] convolutions = {
      SAME, padded(0, 0, 0, 0), padded(2, 2, 2, 2), padded(0, 1, 2, 0), padded(1, 0, 0, 1)
    };
    int[][] images = {{1, 46, 45}, {2, 33, 32}, {3, 27, 27}, {1, 3, 2001}, {1, 2000, 3}};
    for (Convolution convolution : convolutions) {
      for (int[] image : images) {
        Shape x = Shape.of(image[0], image[1], image[2], IN);
        assertThat(WinogradPlan.Key.forward(convolution, x, KERNEL, PostOp.NONE).pays()).isTrue();
        compare(convolution, x);
      }
    }
  }

  @Test
  void anImageOfSeveralStripsIsTheDirectSum() {
    compare(SAME, Shape.of(1, 76, 70, IN));
    compare(SAME, Shape.of(3, 30, 37, IN));
  }

  @Test
  void soItIsOnOneThread() {
    try (OneDnnBackend alone = new OneDnnBackend(Primitives.CAPACITY, true, 1)) {
      compare(alone, SAME, Shape.of(1, 76, 70, IN), KERNEL);
    }
  }

  /** A process of its own, since this one's OpenMP has one thread. */
  @Test
  void soItIsOnAsManyThreadsAsOneDnnHas() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            WinogradTest.class.getName());
    builder.environment().put("OMP_NUM_THREADS", "3");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
  }

  /** Compares on this process's threads. */
  public static void main(String[] arguments) {
    try (OneDnnBackend all = new OneDnnBackend()) {
      assertThat(all.description()).contains("3 threads");
      compare(all, SAME, Shape.of(1, 76, 70, IN), KERNEL);
      compare(all, SAME, Shape.of(3, 30, 37, IN), KERNEL);
      compare(all, SAME, Shape.of(1, 44, 50, 128), Shape.of(3, 3, 128, 320));
    }
    if (OpenMp.available()) {
      assertThat(OpenMp.threads()).isEqualTo(3);
      assertThat((int) OpenMp.single(OpenMp::threads)).isEqualTo(1);
      assertThat(OpenMp.threads()).isEqualTo(3);
    }
  }

  @Test
  void aFrozenKernelSeenInAnotherShapeHasAFormOfItsOwn() {
    Buffer kernel = random(1, KERNEL);
    Buffer other = backend.reshape(kernel, Shape.of(3, 3, OUT, IN));
    Buffer x = random(2, Shape.of(1, 44, 44, IN));
    Buffer y = random(3, Shape.of(1, 44, 44, OUT));
    backend.convolution(SAME, y, other, null, PostOp.NONE, x);
    float[] direct = download(x);
    backend.freeze(kernel);
    backend.convolution(SAME, random(2, Shape.of(1, 44, 44, IN)), kernel, null, PostOp.NONE, y);
    backend.convolution(SAME, random(3, Shape.of(1, 44, 44, OUT)), other, null, PostOp.NONE, x);
    assertThat(distance(download(x), direct)).isBetween(1e-9, 2e-6);
  }

  @Test
  void ofALargeKernelAllThreadsShareTheStrips() {
    Shape large = Shape.of(3, 3, 128, 320);
    compare(backend, SAME, Shape.of(1, 14, 14, 128), large);
    compare(backend, SAME, Shape.of(1, 44, 50, 128), large);
  }

  private void compare(Convolution convolution, Shape xShape) {
    compare(backend, convolution, xShape, KERNEL);
  }

  /** Forward with and without bias and ReLU, and backward, frozen against not frozen. */
  private static void compare(
      OneDnnBackend backend, Convolution convolution, Shape xShape, Shape kernelShape) {
    Window w = convolution.window();
    int in = kernelShape.dim(2);
    int out = kernelShape.dim(3);
    Shape yShape = Shape.of(xShape.dim(0), w.outputH(xShape.dim(1)), w.outputW(xShape.dim(2)), out);
    Buffer kernel = Contents.random(backend, 1, kernelShape);
    Buffer bias = Contents.random(backend, 2, Shape.of(out));
    Buffer x = Contents.random(backend, 3, xShape);
    Buffer y = Contents.random(backend, 4, yShape);
    Buffer gradX = Contents.random(backend, 5, xShape);
    float[][] direct = results(backend, convolution, x, kernel, bias, y, gradX);
    backend.freeze(kernel);
    long before = backend.liveBytes();
    float[][] winograd = results(backend, convolution, x, kernel, bias, y, gradX);
    assertThat(backend.liveBytes() - before)
        .as("bytes of the two forms")
        .isEqualTo(2 * NativeMemory.sizeClass(4L * 36 * in * out));
    String[] names = {"sum", "with bias", "with ReLU", "backward"};
    for (int i = 0; i < names.length; i++) {
      assertThat(distance(winograd[i], direct[i]))
          .as("%s of %s, %s", names[i], xShape, convolution)
          .isBetween(1e-9, 2e-6);
    }
    for (Buffer buffer : new Buffer[] {kernel, bias, x, y, gradX}) {
      backend.release(buffer);
    }
  }

  private static float[][] results(
      OneDnnBackend backend,
      Convolution convolution,
      Buffer x,
      Buffer kernel,
      Buffer bias,
      Buffer y,
      Buffer gradX) {
    float[][] results = new float[4][];
    backend.convolution(convolution, x, kernel, null, PostOp.NONE, y);
    results[0] = Contents.download(backend, y);
    backend.convolution(convolution, x, kernel, bias, PostOp.NONE, y);
    results[1] = Contents.download(backend, y);
    backend.convolution(convolution, x, kernel, bias, PostOp.RELU, y);
    results[2] = Contents.download(backend, y);
    backend.convolutionBackwardData(convolution, y, kernel, gradX);
    results[3] = Contents.download(backend, gradX);
    return results;
  }

  @Test
  void theRoundingIsOfTheOrderOfTheDirectSums() {
    try (Backend reference = Backends.open("reference", false, line -> {})) {
      int channels = 256;
      Shape image = Shape.of(1, 16, 16, channels);
      Shape square = Shape.of(3, 3, channels, channels);
      Buffer kernel = random(1, square);
      Buffer x = random(2, image);
      Buffer y = random(3, image);
      backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
      float[] direct = download(y);
      backend.freeze(kernel);
      backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
      float[] winograd = download(y);
      Buffer exactX = Contents.of(reference, image, download(x));
      Buffer exactKernel = Contents.of(reference, square, download(kernel));
      Buffer exactY = reference.alloc(image);
      reference.convolution(SAME, exactX, exactKernel, null, PostOp.NONE, exactY);
      float[] exact = Contents.download(reference, exactY);
      assertThat(distance(direct, exact)).isLessThan(1e-6);
      assertThat(distance(winograd, exact)).isLessThan(2e-6);
    }
  }

  @Test
  void theKernelComesBackBitByBitAndItsFormsGoWhenItIsThawed() {
    long before = backend.liveBytes();
    Buffer kernel = random(1, KERNEL);
    Buffer x = random(2, Shape.of(1, 44, 44, IN));
    Buffer y = random(3, Shape.of(1, 44, 44, OUT));
    float[] plain = download(kernel);
    long held = backend.liveBytes();
    backend.freeze(kernel);
    // Direct first, so that the plain copy is gone.
    Buffer small = random(4, Shape.of(1, 4, 4, IN));
    Buffer smallY = random(5, Shape.of(1, 4, 4, OUT));
    backend.convolution(SAME, small, kernel, null, PostOp.NONE, smallY);
    backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
    backend.convolutionBackwardData(SAME, y, kernel, x);
    assertThat(download(kernel)).isEqualTo(plain);
    backend.release(small);
    backend.release(smallY);
    backend.thaw(kernel);
    assertThat(backend.liveBytes()).isEqualTo(held);
    assertThat(download(kernel)).isEqualTo(plain);
    backend.freeze(kernel);
    backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
    for (Buffer buffer : new Buffer[] {kernel, x, y}) {
      backend.release(buffer);
    }
    assertThat(backend.liveBytes()).isEqualTo(before);
  }

  @Test
  void aKernelThatChangedWhileItWasThawedIsTransformedAnew() {
    Buffer kernel = random(1, KERNEL);
    Buffer x = random(2, Shape.of(1, 44, 44, IN));
    Buffer y = random(3, Shape.of(1, 44, 44, OUT));
    backend.freeze(kernel);
    backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
    backend.thaw(kernel);
    backend.fill(kernel, 0);
    backend.freeze(kernel);
    backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
    assertThat(download(y)).containsOnly(0f);
  }

  @Test
  void theSameBitsComeOutEachTimeAndNothingIsLeftBehind() {
    Buffer kernel = random(1, KERNEL);
    Buffer x = random(2, Shape.of(2, 29, 33, IN));
    Buffer y = random(3, Shape.of(2, 29, 33, OUT));
    backend.freeze(kernel);
    backend.convolution(SAME, x, kernel, null, PostOp.RELU, y);
    float[] first = download(y);
    long live = backend.liveBytes();
    long pooled = backend.pooledBytes();
    for (int i = 0; i < 5; i++) {
      backend.fill(y, Float.NaN);
      backend.convolution(SAME, x, kernel, null, PostOp.RELU, y);
      assertThat(download(y)).isEqualTo(first);
    }
    assertThat(backend.liveBytes()).isEqualTo(live);
    assertThat(backend.pooledBytes()).isEqualTo(pooled);
  }

  @Test
  void whatIsNotANumberStaysSoAndLeavesOtherTilesAlone() {
    Buffer kernel = random(1, KERNEL);
    Shape image = Shape.of(1, 44, 44, IN);
    float[] contents = download(random(2, image));
    contents[(8 * 44 + 8) * IN + 5] = Float.NaN;
    Buffer x = Contents.of(backend, image, contents);
    Buffer y = random(3, Shape.of(1, 44, 44, OUT));
    backend.freeze(kernel);
    backend.convolution(SAME, x, kernel, null, PostOp.NONE, y);
    float[] result = download(y);
    for (int i = 0; i < 44; i++) {
      for (int j = 0; j < 44; j++) {
        float value = result[(i * 44 + j) * OUT + 7];
        if (Math.abs(i - 8) <= 1 && Math.abs(j - 8) <= 1) {
          assertThat(value).as("%d, %d", i, j).isNaN();
        } else if (Math.min(i, j) < 4 || Math.max(i, j) >= 12) {
          assertThat(value).as("%d, %d", i, j).isFinite();
        }
      }
    }
  }

  @Test
  void aMaximumOverItKnowsWhetherThereAreNumbersOnly() {
    Buffer kernel = random(1, KERNEL);
    Buffer bias = random(2, Shape.of(OUT));
    Shape image = Shape.of(1, 44, 44, IN);
    float[] contents = download(random(3, image));
    Buffer y = backend.alloc(Shape.of(1, 44, 44, OUT));
    Buffer pooled = backend.alloc(Shape.of(1, 22, 22, OUT));
    backend.freeze(kernel);
    backend.convolution(SAME, Contents.of(backend, image, contents), kernel, bias, PostOp.RELU, y);
    assertThat(backend.ordinary(y)).isTrue();
    contents[(21 * 44 + 35) * IN + 5] = Float.NaN;
    backend.convolution(SAME, Contents.of(backend, image, contents), kernel, bias, PostOp.RELU, y);
    assertThat(backend.ordinary(y)).isFalse();
    backend.maxPool(Window.of(2, 2, 2, 2), y, null, pooled);
    assertThat(download(pooled)[(10 * 22 + 17) * OUT + 7]).isNaN();
  }

  @Test
  void aBackendThatShallDoWithoutItKeepsToTheDirectSum() {
    try (OneDnnBackend direct = new OneDnnBackend(Primitives.CAPACITY, false, 2)) {
      Buffer kernel = Contents.random(direct, 1, KERNEL);
      Buffer x = Contents.random(direct, 2, Shape.of(1, 44, 44, IN));
      Buffer y = Contents.random(direct, 3, Shape.of(1, 44, 44, OUT));
      direct.convolution(SAME, x, kernel, null, PostOp.NONE, y);
      direct.convolutionBackwardData(SAME, y, kernel, x);
      float[] forward = Contents.download(direct, y);
      float[] back = Contents.download(direct, x);
      direct.upload(x, 0, download(random(2, Shape.of(1, 44, 44, IN))), 0, 44 * 44 * IN);
      direct.freeze(kernel);
      long held = direct.liveBytes();
      direct.convolution(SAME, x, kernel, null, PostOp.NONE, y);
      assertThat(Contents.download(direct, y)).isEqualTo(forward);
      assertThat(direct.liveBytes()).as("packed once, the plain copy dropped").isEqualTo(held);
      direct.convolutionBackwardData(SAME, y, kernel, x);
      assertThat(distance(Contents.download(direct, x), back)).isLessThan(2e-6);
    }
  }

  @Test
  void smallImagesFewChannelsAndOtherWindowsAreDirect() {
    Shape deep = Shape.of(3, 3, 512, 512);
    assertThat(pays(Shape.of(1, 14, 14, 512), deep)).isTrue();
    assertThat(pays(Shape.of(1, 7, 7, 512), deep)).isFalse();
    assertThat(pays(Shape.of(4, 7, 7, 512), deep)).isTrue();
    assertThat(pays(Shape.of(1, 13, 13, 64), Shape.of(3, 3, 64, 256))).isTrue();
    assertThat(pays(Shape.of(1, 14, 14, 64), Shape.of(3, 3, 64, 64))).isFalse();
    assertThat(pays(Shape.of(1, 55, 55, 32), Shape.of(3, 3, 32, 128))).isTrue();
    assertThat(pays(Shape.of(1, 112, 112, 32), Shape.of(3, 3, 32, 32))).isFalse();
    assertThat(pays(Shape.of(1, 55, 55, 16), Shape.of(3, 3, 16, 256))).isFalse();
    Window three = Window.of(3, 3, 1, 1);
    assertThat(Convolutions.hasWinogradForm(new Convolution(three, 1))).isTrue();
    assertThat(Convolutions.hasWinogradForm(new Convolution(three, 2))).isFalse();
    for (Window other :
        new Window[] {
          Window.of(3, 3, 2, 1),
          Window.of(3, 3, 1, 2),
          Window.of(3, 5, 1, 1),
          Window.of(1, 3, 1, 1),
          new Window(3, 3, 1, 1, 2, 2, 0, 0, 0, 0)
        }) {
      assertThat(Convolutions.hasWinogradForm(new Convolution(other, 1))).as("%s", other).isFalse();
    }
  }

  private static boolean pays(Shape x, Shape kernel) {
    return WinogradPlan.Key.forward(SAME, x, kernel, PostOp.NONE).pays();
  }

  private static Convolution padded(int top, int left, int bottom, int right) {
    return new Convolution(Window.of(3, 3, 1, 1).padded(top, left, bottom, right), 1);
  }

  private static float[][] column(float... elements) {
    float[][] column = new float[elements.length][1];
    for (int i = 0; i < elements.length; i++) {
      column[i][0] = elements[i];
    }
    return column;
  }

  /** The length of the difference, as a share of the length. */
  private static double distance(float[] found, float[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < found.length; i++) {
      difference += Math.pow((double) found[i] - expected[i], 2);
      length += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference / length);
  }

  private Buffer random(long seed, Shape shape) {
    return Contents.random(backend, seed, shape);
  }

  private float[] download(Buffer buffer) {
    return Contents.download(backend, buffer);
  }
}
