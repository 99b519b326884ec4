package dev.vitrine.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the backend holds outside the Java heap, and that it gives it back. */
final class OneDnnMemoryTest {
  private static final Convolution SAME3 =
      new Convolution(Window.of(3, 3, 1, 1).padded(1, 1, 1, 1), 1);
  private static final Shape IMAGE = Shape.of(1, 14, 14, 32);
  private static final Shape KERNEL = Shape.of(3, 3, 32, 32);
  private static final long KERNEL_BYTES = NativeMemory.sizeClass(4 * KERNEL.size());

  private final OneDnnBackend backend = new OneDnnBackend();
  private final Buffer x = random(1, IMAGE);
  private final Buffer y = random(2, IMAGE);

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void packingAFrozenKernelDropsThePlainCopy() {
    Buffer kernel = random(3, KERNEL);
    float[] plain = download(kernel);
    long before = backend.liveBytes();
    backend.freeze(kernel);
    backend.convolution(SAME3, x, kernel, null, PostOp.NONE, y);
    assertThat(storage(kernel).plain).as("the plain copy").isNull();
    assertThat(backend.liveBytes()).as("packed instead of plain").isEqualTo(before);
    backend.convolutionBackwardData(SAME3, y, kernel, x);
    assertThat(storage(kernel).packed).as("forward and rotated").hasSize(2);
    assertThat(backend.liveBytes()).as("packed twice").isEqualTo(before + KERNEL_BYTES);
    assertThat(download(kernel)).as("the kernel, bit by bit").isEqualTo(plain);
    assertThat(backend.liveBytes()).as("after a download").isEqualTo(before + KERNEL_BYTES);
    backend.thaw(kernel);
    assertThat(backend.liveBytes()).as("plain again").isEqualTo(before);
    assertThat(download(kernel)).isEqualTo(plain);
    backend.release(kernel);
  }

  @Test
  void aKernelThatWasPackedOnlyRotatedComesBackBitByBit() {
    for (int groups : new int[] {1, 4, 16}) {
      Shape shape = Shape.of(3, 2, 16 / groups, 32);
      Buffer kernel = random(4, shape);
      float[] plain = download(kernel);
      Buffer gradX = random(5, Shape.of(1, 6, 7, 16));
      Buffer gradY = random(6, Shape.of(1, 4, 6, 32));
      backend.freeze(kernel);
      backend.convolutionBackwardData(
          new Convolution(Window.of(3, 2, 1, 1), groups), gradY, kernel, gradX);
      assertThat(storage(kernel).plain).isNull();
      assertThat(storage(kernel).packed).hasSize(1);
      assertThat(storage(kernel).packed.get(0).layout().rotated()).isTrue();
      assertThat(download(kernel)).as("%d groups", groups).isEqualTo(plain);
      backend.thaw(kernel);
      assertThat(download(kernel)).as("%d groups, thawed", groups).isEqualTo(plain);
    }
  }

  @Test
  void aKernelKeepsFewFormsHoweverManyAreAskedFor() {
    Buffer kernel = random(7, Shape.of(3, 3, 8, 8));
    float[] plain = download(kernel);
    backend.freeze(kernel);
    for (int groups : new int[] {1, 2, 4, 8}) {
      Buffer wide = random(8, Shape.of(1, 6, 6, 8 * groups));
      Buffer narrow = random(9, Shape.of(1, 4, 4, 8));
      Convolution convolution = new Convolution(Window.of(3, 3, 1, 1), groups);
      backend.convolution(convolution, wide, kernel, null, PostOp.NONE, narrow);
      backend.convolutionBackwardData(convolution, narrow, kernel, wide);
    }
    assertThat(storage(kernel).packed).hasSizeLessThanOrEqualTo(4);
    assertThat(download(kernel)).isEqualTo(plain);
  }

  @Test
  void gradientStepsTakeNoMemoryAfterTheFirst() {
    Buffer kernel = random(10, KERNEL);
    backend.freeze(kernel);
    GradientSteps steps = new GradientSteps(backend, x, kernel, random(11, KERNEL));
    steps.run(3);
    long live = backend.liveBytes();
    long pooled = backend.pooledBytes();
    long made = backend.primitives().made();
    steps.run(100);
    assertThat(backend.liveBytes()).isEqualTo(live);
    assertThat(backend.pooledBytes()).isEqualTo(pooled);
    assertThat(backend.primitives().made()).isEqualTo(made);
    assertThat(Pointer.totalCount()).as("objects left to JavaCPP's collector").isZero();
  }

  @Test
  void tensOfThousandsOfGradientStepsDoNotGrowTheProcess() throws Exception {
    // A leak of 400 bytes in each would show.
    assertThat(grown(1, 8, 16, 20_000)).as("bytes grown").isLessThan(8L << 20);
  }

  @Test
  void norDoThoseOfWinogradsFormOnSeveralThreads() throws Exception {
    assertThat(grown(3, 24, 64, 3_000)).as("bytes grown").isLessThan(8L << 20);
  }

  /** The bytes by which a process grows over {@link GradientSteps}. */
  private static long grown(int threads, int side, int channels, int steps) throws Exception {
    assumeThat(Path.of("/proc/self/status")).exists();
    // A JVM of its own, whose heap is as large from the beginning as it may become.
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms64m",
            "-Xmx64m",
            "-XX:+AlwaysPreTouch",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            GradientSteps.class.getName(),
            side + "",
            channels + "",
            steps + "");
    builder.environment().put("OMP_NUM_THREADS", threads + "");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return Long.parseLong(output.strip());
  }

  @Test
  void primitivesThatDoNotFitTheCacheAreFreed() {
    try (OneDnnBackend small = new OneDnnBackend(3, true, 1)) {
      for (int size = 1; size <= 10; size++) {
        Buffer a = small.alloc(Shape.of(size));
        Buffer b = small.alloc(Shape.of(size));
        small.fill(a, 0);
        small.unary(Unary.EXP, 0, 0, a, b);
        float[] one = new float[1];
        small.download(b, size - 1, one, 0, 1);
        assertThat(one).containsExactly(1);
        small.release(a);
        small.release(b);
      }
      assertThat(small.primitives().made()).isEqualTo(10);
      assertThat(small.primitives().freed()).isEqualTo(7);
      small.close();
      assertThat(small.primitives().freed()).as("after closing").isEqualTo(10);
    }
  }

  @Test
  void closingFreesEverythingAndTheCountersSaySo() {
    Buffer kernel = random(13, KERNEL);
    backend.freeze(kernel);
    backend.convolution(SAME3, x, kernel, null, PostOp.NONE, y);
    backend.release(backend.alloc(IMAGE));
    assertThat(backend.pooledBytes()).isPositive();
    backend.close();
    assertThat(backend.liveBytes()).isZero();
    assertThat(backend.pooledBytes()).isZero();
    assertThat(backend.primitives().freed()).isEqualTo(backend.primitives().made());
    assertThatThrownBy(() -> backend.download(kernel, 0, new float[1], 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void sizeClassesWasteAQuarterAtMost() {
    for (long bytes = 1; bytes < 1L << 40; bytes = bytes * 9 / 8 + 1) {
      long size = NativeMemory.sizeClass(bytes);
      assertThat(size)
          .isGreaterThanOrEqualTo(bytes)
          .isLessThanOrEqualTo(Math.max(bytes * 5 / 4, 256));
      assertThat(size % 64).isZero();
      assertThat(NativeMemory.sizeClass(size)).as("a class is its own").isEqualTo(size);
    }
  }

  private static Storage storage(Buffer buffer) {
    return ((OneDnnBuffer) buffer).storage;
  }

  private float[] download(Buffer buffer) {
    return Contents.download(backend, buffer);
  }

  private Buffer random(long seed, Shape shape) {
    return Contents.random(backend, seed, shape);
  }
}
