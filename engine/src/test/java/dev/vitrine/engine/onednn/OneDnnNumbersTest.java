package dev.vitrine.engine.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Forms of one computation that must agree, and bits that must not change. */
final class OneDnnNumbersTest {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.NaN,
    Float.intBitsToFloat(0xffc00000)
  };

  private final OneDnnBackend backend = new OneDnnBackend();

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void theRotatedFormIsTheTransposeThatThePrimitiveComputes() {
    Window[] windows = {
      Window.of(3, 3, 1, 1).padded(1, 1, 1, 1),
      Window.of(3, 2, 1, 1).padded(2, 0, 1, 1),
      Window.of(1, 1, 1, 1),
      Window.of(5, 1, 1, 1).padded(0, 0, 4, 0),
      new Window(3, 3, 1, 1, 2, 3, 4, 1, 0, 6)
    };
    for (Window window : windows) {
      for (int groups : new int[] {1, 3, 6}) {
        assertThat(Convolutions.rotates(window)).as("%s", window).isTrue();
        Shape x = Shape.of(2, 9, 10, 6);
        Shape y = Shape.of(2, window.outputH(9), window.outputW(10), 12);
        Convolution convolution = new Convolution(window, groups);
        Buffer kernel = random(1, Shape.of(window.kernelH(), window.kernelW(), 6 / groups, 12));
        Buffer gradY = random(2, y);
        Buffer gradX = random(3, x);
        backend.convolutionBackwardData(convolution, gradY, kernel, gradX);
        float[] primitive = download(gradX);
        backend.freeze(kernel);
        backend.fill(gradX, Float.NaN);
        backend.convolutionBackwardData(convolution, gradY, kernel, gradX);
        float[] rotated = download(gradX);
        for (int i = 0; i < rotated.length; i++) {
          assertThat(rotated[i])
              .as("%s at %d", convolution, i)
              .isCloseTo(primitive[i], within(2e-5f));
        }
      }
    }
  }

  @Test
  void paddingWiderThanTheWindowSendsNothingBack() {
    assertThat(Convolutions.rotates(Window.of(3, 3, 2, 1))).isFalse();
    int[][] paddings = {{2, 0, 0, 0}, {0, 3, 0, 0}, {1, 0, 4, 2}, {0, 0, 0, 5}, {2, 3, 4, 5}};
    try (Backend reference = Backends.open("reference", false, line -> {})) {
      for (int[] p : paddings) {
        Window window = Window.of(2, 2, 1, 1).padded(p[0], p[1], p[2], p[3]);
        assertThat(Convolutions.rotates(window)).isFalse();
        Convolution convolution = new Convolution(window, 1);
        Shape x = Shape.of(2, 3, 4, 3);
        Shape y = Shape.of(2, window.outputH(3), window.outputW(4), 5);
        Buffer kernel = random(1, Shape.of(2, 2, 3, 5));
        Buffer gradY = random(2, y);
        Buffer gradX = random(3, x);
        Buffer exactX = reference.alloc(x);
        reference.convolutionBackwardData(
            convolution,
            Contents.of(reference, y, download(gradY)),
            Contents.of(reference, kernel.shape(), download(kernel)),
            exactX);
        float[] exact = Contents.download(reference, exactX);
        for (int frozen = 0; frozen < 2; frozen++) {
          backend.fill(gradX, 0);
          backend.convolutionBackwardData(convolution, gradY, kernel, gradX);
          assertThat(download(gradX)).as("%s", window).containsExactly(exact, within(1e-6f));
          backend.freeze(kernel);
        }
      }
    }
  }

  @Test
  void comparisonsByBitsAreJavasForEveryPairOfSpecialNumbers() {
    int n = SPECIAL.length;
    Buffer a = backend.alloc(Shape.of(n, 1));
    Buffer b = backend.alloc(Shape.of(n));
    Buffer y = backend.alloc(Shape.of(n, n));
    backend.upload(a, 0, SPECIAL, 0, n);
    backend.upload(b, 0, SPECIAL, 0, n);
    for (Binary kind :
        new Binary[] {
          Binary.GREATER,
          Binary.EQUAL,
          Binary.RELU_GRADIENT,
          Binary.RELU_GUIDED,
          Binary.RELU_DECONVNET
        }) {
      backend.binary(kind, a, b, y);
      float[] found = download(y);
      for (int i = 0; i < n * n; i++) {
        float p = SPECIAL[i / n];
        float q = SPECIAL[i % n];
        float expected =
            switch (kind) {
              case GREATER -> p > q ? 1 : 0;
              case EQUAL -> p == q ? 1 : 0;
              case RELU_GRADIENT -> p > 0 ? q : 0;
              case RELU_GUIDED -> p > 0 && q > 0 ? q : 0;
              default -> q > 0 ? q : 0;
            };
        assertThat(Float.floatToRawIntBits(found[i]))
            .as("%s of %s and %s", kind, p, q)
            .isEqualTo(Float.floatToRawIntBits(expected));
      }
    }
  }

  @Test
  void theSameOperationGivesTheSameBitsEachTime() {
    Convolution convolution = new Convolution(Window.of(3, 3, 1, 1).padded(1, 1, 1, 1), 1);
    Buffer x = random(1, Shape.of(4, 28, 28, 24));
    Buffer gradY = random(2, Shape.of(4, 28, 28, 24));
    Buffer kernel = random(3, Shape.of(3, 3, 24, 24));
    Buffer y = random(4, Shape.of(4, 28, 28, 24));
    Buffer gradKernel = random(5, Shape.of(3, 3, 24, 24));
    backend.convolution(convolution, x, kernel, null, PostOp.RELU, y);
    backend.convolutionBackwardWeights(convolution, x, gradY, gradKernel);
    float[] forward = download(y);
    float[] weights = download(gradKernel);
    for (int i = 0; i < 5; i++) {
      backend.convolution(convolution, x, kernel, null, PostOp.RELU, y);
      backend.convolutionBackwardWeights(convolution, x, gradY, gradKernel);
      assertThat(download(y)).isEqualTo(forward);
      assertThat(download(gradKernel)).isEqualTo(weights);
    }
    backend.freeze(kernel);
    backend.convolution(convolution, x, kernel, null, PostOp.RELU, y);
    assertThat(download(y)).as("with the kernel packed beforehand, directly").isEqualTo(forward);
  }

  @Test
  void theErrorFunctionIsContinuousWhereItsTwoFormulasMeet() {
    assertThat(ErrorFunction.of(1.999999)).isCloseTo(ErrorFunction.of(2.000001), within(3e-7));
    assertThat(ErrorFunction.of(2.5)).isCloseTo(0.9995930479825550, within(2e-7));
    assertThat(ErrorFunction.of(-1.5)).isCloseTo(-0.9661051464753108, within(1e-12));
    assertThat(ErrorFunction.of(1e-6) / 1e-6).isCloseTo(1.1283791670955126, within(1e-9));
    assertThat(ErrorFunction.of(Double.NaN)).isNaN();
  }

  @Test
  void itIsFoundAsTheProcessorAndSaysWhatItRunsOn() {
    try (Backend found = Backends.open("cpu", false, notice -> {})) {
      assertThat(found.name()).isEqualTo("onednn");
      assertThat(found.description()).matches("oneDNN 3\\..*thread.*");
    }
    assertThat(new OneDnnProvider().missing()).isEmpty();
  }

  @Test
  void withoutItsNativesItSaysInOneLineWhatToDo() {
    String reason =
        OneDnnProvider.reason(
            new UnsatisfiedLinkError("no jnidnnl in java.library.path\nand more"));
    assertThat(reason)
        .contains("no jnidnnl", "org.bytedeco:dnnl", "class path")
        .doesNotContain("\n", "and more");
  }

  private float[] download(Buffer buffer) {
    return Contents.download(backend, buffer);
  }

  @Test
  void poolingTrustsAFusedReluOnlyUntilSomethingElseIsWritten() {
    Shape shape = Shape.of(1, 4, 4, 8);
    Convolution pointwise = new Convolution(Window.of(1, 1, 1, 1), 1);
    Buffer x = random(1, shape);
    Buffer kernel = random(2, Shape.of(1, 1, 8, 8));
    Buffer y = random(3, shape);
    Buffer both = random(4, Shape.of(1, 4, 4, 16));
    Buffer pooled = random(5, Shape.of(1, 2, 2, 16));
    Window window = Window.of(2, 2, 2, 2);
    backend.convolution(pointwise, x, kernel, null, PostOp.RELU, y);
    assertThat(backend.ordinary(y)).isTrue();
    backend.concat(List.of(y, y), 3, both);
    assertThat(backend.ordinary(both)).isTrue();
    backend.maxPool(window, both, null, pooled);
    float[] best = download(both);
    for (int c = 0; c < 16; c++) {
      assertThat(download(pooled)[c])
          .isEqualTo(
              Math.max(
                  Math.max(best[c], best[16 + c]), Math.max(best[4 * 16 + c], best[5 * 16 + c])));
    }
    backend.upload(y, 0, new float[] {Float.NaN}, 0, 1);
    backend.concat(List.of(x, y), 3, both);
    assertThat(backend.ordinary(both)).isFalse();
    backend.maxPool(window, both, null, pooled);
    assertThat(download(pooled)[8]).isNaN();
    backend.convolution(pointwise, x, kernel, null, PostOp.NONE, y);
    assertThat(backend.ordinary(y)).isFalse();
  }

  private Buffer random(long seed, Shape shape) {
    return Contents.random(backend, seed, shape);
  }
}
