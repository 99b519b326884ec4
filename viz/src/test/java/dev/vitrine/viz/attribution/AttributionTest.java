package dev.vitrine.viz.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.SmallNetworks;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.method.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each method where its answer is known in closed form. */
final class AttributionTest {
  private static final Shape INPUT = Shape.of(1, 4, 5, 2);
  private static final IntConsumer QUIET = n -> {};
  private static final ClassScore SECOND = new ClassScore("scores", 1, 2, false);

  private final Backend backend = Backends.open("reference", false, line -> {});
  private final float[] x = SmallNetworks.random(40, 5);
  private final float[] weights = SmallNetworks.random(80, 6);
  private final Network linear = SmallNetworks.linear(backend, INPUT, 2, weights);
  private final Network squares = SmallNetworks.squares(backend, INPUT);
  private final Subject ofLinear = new Subject(linear, INPUT, x, SECOND);
  private final Subject ofSquares = new Subject(squares, INPUT, x, SECOND);

  @AfterEach
  void close() {
    linear.close();
    squares.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  @Test
  void forALinearNetworkTheGradientIsItsWeights() {
    float[] map = new InputGradient(ReluRule.GRADIENT).of(ofLinear, QUIET).map();
    for (int i = 0; i < map.length; i++) {
      assertThat(map[i]).isCloseTo(weights[2 * i + 1], within(1e-6f));
    }
  }

  @Test
  void forALinearNetworkGradientTimesInputAndIntegratedGradientsAgreeAndSumToTheScore() {
    Attributor.Attributed product = new GradientTimesInput().of(ofLinear, QUIET);
    Attributor.Attributed integral =
        new IntegratedGradients(3, new float[x.length]).of(ofLinear, QUIET);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      assertThat(product.map()[i]).isCloseTo(x[i] * weights[2 * i + 1], within(1e-6f));
      assertThat(integral.map()[i]).isCloseTo(product.map()[i], within(1e-6f));
      sum += product.map()[i];
    }
    assertThat(sum).isCloseTo(product.value(), within(1e-5));
    assertThat(integral.figures().get("gap")).isCloseTo(0, within(1e-5));
  }

  @Test
  void integratedGradientsOfSquaresAreTheSquaresLessTheBaselines() {
    float[] baseline = SmallNetworks.random(40, 7);
    Attributor.Attributed found = new IntegratedGradients(4, baseline).of(ofSquares, QUIET);
    double atBaseline = 0;
    for (int i = 0; i < x.length; i++) {
      double expected = 2 * (x[i] * x[i] - baseline[i] * baseline[i]);
      assertThat(found.map()[i]).isCloseTo((float) expected, within(1e-5f));
      atBaseline += 2 * baseline[i] * baseline[i];
    }
    assertThat(found.figures().get("atBaseline")).isCloseTo(atBaseline, within(1e-4));
    assertThat(found.figures().get("gap")).isCloseTo(0, within(1e-4));
    assertThat(found.figures().get("sum")).isCloseTo(found.value() - atBaseline, within(1e-4));
  }

  @Test
  void gaussLegendreIsExactForPolynomialsBelowTwiceItsNodes() {
    for (int n : new int[] {1, 2, 5, 50}) {
      GaussLegendre rule = GaussLegendre.of(n);
      for (int degree = 0; degree < Math.min(2 * n, 30); degree++) {
        double integral = 0;
        for (int k = 0; k < n; k++) {
          integral += rule.weights()[k] * Math.pow(rule.nodes()[k], degree);
        }
        assertThat(integral)
            .as("%d nodes, x^%d", n, degree)
            .isCloseTo(1.0 / (degree + 1), within(1e-13));
      }
    }
  }

  @Test
  void smoothgradWithoutNoiseIsTheGradient() {
    float[] gradient = new InputGradient(ReluRule.GRADIENT).of(ofSquares, QUIET).map();
    SmoothGrad none = new SmoothGrad(3, 0, SmoothGrad.Form.MEAN, 1);
    assertThat(none.of(ofSquares, QUIET).map())
        .usingComparatorWithPrecision(1e-6f)
        .containsExactly(gradient);
    assertThat(new SmoothGrad(3, 0, SmoothGrad.Form.VARIANCE, 1).of(ofSquares, QUIET).map())
        .usingComparatorWithPrecision(1e-5f)
        .containsOnly(0);
  }

  /** The gradient of twice the squares is 4 (x + e): its mean is 4 x, its variance 16 s^2. */
  @Test
  void smoothgradsNoiseHasTheDeviationThatWasAskedFor() {
    int samples = 400;
    SmoothGrad mean = new SmoothGrad(samples, 0.15, SmoothGrad.Form.MEAN, 1);
    double deviation = 0.15 * ofSquares.range();
    float[] means = mean.of(ofSquares, QUIET).map();
    float[] variances =
        new SmoothGrad(samples, 0.15, SmoothGrad.Form.VARIANCE, 1).of(ofSquares, QUIET).map();
    float[] squared =
        new SmoothGrad(samples, 0.15, SmoothGrad.Form.SQUARED, 1).of(ofSquares, QUIET).map();
    double variance = 0;
    for (int i = 0; i < x.length; i++) {
      assertThat(means[i])
          .isCloseTo(4 * x[i], within((float) (5 * 4 * deviation / Math.sqrt(samples))));
      assertThat(squared[i])
          .isCloseTo(means[i] * means[i] + variances[i], within(1e-4f * (1 + squared[i])));
      variance += variances[i] / x.length;
    }
    assertThat(variance / (16 * deviation * deviation)).isCloseTo(1, within(0.05));
    assertThat(mean.of(ofSquares, QUIET).map()).isEqualTo(means);
    assertThat(new SmoothGrad(samples, 0.15, SmoothGrad.Form.MEAN, 2).of(ofSquares, QUIET).map())
        .isNotEqualTo(means);
  }

  @Test
  void samplesDoNotDependOnHowTheyAreBatched() {
    List<float[]> maps = new ArrayList<>();
    for (int most : new int[] {1, 3, 7, 32}) {
      float[] all = new float[7 * x.length];
      new Batches(ofSquares, null, most, QUIET)
          .gradients(
              ReluRule.GRADIENT,
              7,
              (k, batch, offset) -> {
                for (int i = 0; i < x.length; i++) {
                  batch[offset + i] = k * x[i];
                }
              },
              (k, value, g, offset) -> System.arraycopy(g, offset, all, k * x.length, x.length));
      maps.add(all);
    }
    assertThat(maps.get(0)[6 * x.length]).isCloseTo(4 * 6 * x[0], within(1e-5f));
    assertThat(maps).allSatisfy(map -> assertThat(map).isEqualTo(maps.get(0)));
  }

  @Test
  void occlusionOfALinearNetworkIsTheMeanOverTheSquaresOfWhatTheyCover() {
    int h = 4;
    int w = 5;
    float[] cover = SmallNetworks.random(40, 8);
    float[] map = new Occlusion(2, 1, cover).of(ofLinear, QUIET).map();
    double[] fall = new double[h * w]; // of one pixel alone
    for (int i = 0; i < x.length; i++) {
      fall[i / 2] += weights[2 * i + 1] * (x[i] - cover[i]);
    }
    for (int y = 0; y < h; y++) {
      for (int column = 0; column < w; column++) {
        double sum = 0;
        int count = 0;
        for (int top = Math.max(0, y - 1); top <= Math.min(y, h - 2); top++) {
          for (int left = Math.max(0, column - 1); left <= Math.min(column, w - 2); left++) {
            sum +=
                fall[top * w + left]
                    + fall[top * w + left + 1]
                    + fall[(top + 1) * w + left]
                    + fall[(top + 1) * w + left + 1];
            count++;
          }
        }
        int at = 2 * (y * w + column);
        assertThat(map[at]).isCloseTo((float) (sum / count), within(1e-5f));
        assertThat(map[at + 1]).isEqualTo(map[at]);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 9})
  void occlusionCoversEveryPixelWhateverTheSquareIs(int window) {
    Occlusion occlusion = new Occlusion(window, window, new float[x.length]);
    List<Integer> steps = new ArrayList<>();
    float[] map = occlusion.of(ofLinear, steps::add).map();
    for (float value : map) {
      assertThat(value).isFinite().isNotZero();
    }
    assertThat(steps.stream().mapToInt(i -> i).sum()).isEqualTo(occlusion.work(ofLinear));
  }

  @ParameterizedTest
  @EnumSource(SmoothGrad.Form.class)
  void workIsWhatProgressAddsUpTo(SmoothGrad.Form form) {
    for (Attributor method :
        List.of(
            new SmoothGrad(37, 0.1, form, 0),
            new IntegratedGradients(33, new float[x.length]),
            new GradientTimesInput(),
            new InputGradient(ReluRule.GRADIENT))) {
      int[] done = {0};
      method.of(ofSquares, n -> done[0] += n);
      assertThat(done[0]).as("%s", method).isEqualTo(method.work(ofSquares));
    }
  }

  /** The gradient of one unit of a convolutional network moves with the image. */
  @Test
  void translationOfTheInputTranslatesTheMap() {
    Shape shape = Shape.of(1, 12, 12, 2);
    float[] image = new float[288];
    float[] moved = new float[288];
    float[] patch = SmallNetworks.random(18, 9);
    for (int p = 0; p < 9; p++) {
      for (int c = 0; c < 2; c++) {
        image[((4 + p / 3) * 12 + 4 + p % 3) * 2 + c] = patch[2 * p + c];
        moved[((6 + p / 3) * 12 + 5 + p % 3) * 2 + c] = patch[2 * p + c];
      }
    }
    try (Network network = SmallNetworks.pooled(backend, shape, SmallNetworks.random(12, 3))) {
      InputGradient method = new InputGradient(ReluRule.GRADIENT);
      float[] at = method.of(new Subject(network, shape, image, strongest(5, 5)), QUIET).map();
      float[] there = method.of(new Subject(network, shape, moved, strongest(7, 6)), QUIET).map();
      double size = 0;
      for (int y = 1; y < 9; y++) {
        for (int i = 2; i < 20; i++) {
          assertThat(there[((y + 2) * 12 + 1) * 2 + i]).isEqualTo(at[y * 24 + i]);
          size += Math.abs(at[y * 24 + i]);
        }
      }
      assertThat(size).isPositive();
    }
  }

  /** The score is a mean over the map, so that it matters nowhere where the patch lies. */
  @Test
  void everyMethodsMapMovesWithTheImage() {
    Shape shape = Shape.of(1, 12, 12, 2);
    float[] patch = SmallNetworks.random(18, 9);
    ClassScore score = new ClassScore("scores", 1, 3, false);
    List<Attributor> methods =
        List.of(
            new InputGradient(ReluRule.GRADIENT),
            new InputGradient(ReluRule.GUIDED),
            new GradientTimesInput(),
            new IntegratedGradients(5, new float[288]),
            new GuidedGradCam("maps"),
            new Occlusion(1, 1, new float[288]));
    try (Network network = SmallNetworks.pooled(backend, shape, SmallNetworks.random(12, 3))) {
      for (Attributor method : methods) {
        float[] at =
            method.of(new Subject(network, shape, placed(patch, 4, 4), score), QUIET).map();
        float[] there =
            method.of(new Subject(network, shape, placed(patch, 6, 5), score), QUIET).map();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int y = 2; y < 8; y++) {
          for (int i = 4; i < 18; i++) {
            float value = at[y * 24 + i];
            assertThat(there[((y + 2) * 12 + 1) * 2 + i])
                .as("%s, row %d, column %d", method, y, i / 2)
                .isCloseTo(value, within(1e-6f));
            low = Math.min(low, value);
            high = Math.max(high, value);
          }
        }
        assertThat(high - low).as("range of %s", method).isGreaterThan(1e-4);
      }
    }
  }

  /** A 3x3 patch in a 12x12 image of two channels that is else zero. */
  private static float[] placed(float[] patch, int top, int left) {
    float[] image = new float[288];
    for (int p = 0; p < 9; p++) {
      System.arraycopy(patch, 2 * p, image, ((top + p / 3) * 12 + left + p % 3) * 2, 2);
    }
    return image;
  }

  private static Unit strongest(int y, int column) {
    return Unit.at("conv", 1, y, column);
  }

  @Test
  void guidedGradcamIsTheProduct() {
    Shape shape = Shape.of(1, 6, 6, 2);
    float[] image = SmallNetworks.random(72, 4);
    try (Network network =
        SmallNetworks.pooled(backend, shape, new float[] {1, 0, 0, 2, 0, 0, 3, 0, 0, 4, 0, 0})) {
      ClassScore first = new ClassScore("scores", 0, 3, false);
      Subject subject = new Subject(network, shape, image, first);
      float[] guided = new InputGradient(ReluRule.GUIDED).of(subject, QUIET).map();
      float[] cam = new dev.vitrine.viz.cam.GradCam().of(subject, "maps", QUIET).values();
      float[] product = new GuidedGradCam("maps").of(subject, QUIET).map();
      for (int i = 0; i < product.length; i++) {
        assertThat(product[i]).isCloseTo(guided[i] * cam[i / 2], within(1e-6f));
      }
      assertThat(product).isNotEqualTo(new float[product.length]);
    }
  }

  @Test
  void aBaselineOfAnotherSizeIsRefused() {
    assertThatThrownBy(() -> new IntegratedGradients(2, new float[3]).of(ofLinear, QUIET))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 numbers for an input of 40");
  }
}
