package dev.vitrine.viz.cam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.SmallNetworks;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.weights.BadInputException;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * On a network that ends with global average pooling and a dense layer {@code d} without bias, the
 * gradient at the maps is {@code d_c / pixels} everywhere, so every map is known.
 */
final class CamTest {
  private static final Shape INPUT = Shape.of(1, 5, 6, 2);
  private static final int PIXELS = 30;
  private static final int CHANNELS = 4;
  private static final IntConsumer QUIET = n -> {};
  private static final ClassScore SCORE = new ClassScore("scores", 1, 3, false);

  private final Backend backend = Backends.open("reference", false, line -> {});
  private final float[] dense = {0, 0.5f, 1, 1, -0.25f, 1, 2, 1.5f, 0, 3, 0.75f, 1};
  private final float[] x = SmallNetworks.random(60, 3);
  private final Network network = SmallNetworks.pooled(backend, INPUT, dense);
  private final Subject subject = new Subject(network, INPUT, x, SCORE);
  private final float[] maps = maps();

  private float[] maps() {
    try (Scope scope = new Scope(backend);
        Run run = network.forward(scope.of(INPUT, x), Listen.only("maps"))) {
      return run.output("maps").toFloats();
    }
  }

  @AfterEach
  void close() {
    network.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  private double weight(int channel) {
    return dense[channel * 3 + 1];
  }

  private double sum(int channel) {
    double sum = 0;
    for (int p = 0; p < PIXELS; p++) {
      sum += maps[p * CHANNELS + channel];
    }
    return sum;
  }

  private interface Weight {
    double of(int channel);
  }

  private void holds(float[] found, boolean relu, Weight weight) {
    assertThat(found).hasSize(PIXELS);
    double size = 0;
    for (int p = 0; p < PIXELS; p++) {
      double expected = 0;
      for (int c = 0; c < CHANNELS; c++) {
        expected += weight.of(c) * maps[p * CHANNELS + c];
      }
      expected = relu ? Math.max(0, expected) : expected;
      size += Math.abs(expected);
      assertThat((double) found[p]).as("pixel %d", p).isCloseTo(expected, within(1e-5));
    }
    assertThat(size).as("the expected map").isPositive();
  }

  @Test
  void camWeighsByTheDenseLayer() {
    assertThat(Cam.layer(network, "scores")).isEqualTo("maps");
    holds(new Cam().of(subject, "maps", QUIET).values(), false, this::weight);
  }

  @Test
  void gradcamIsCamUpToTheNumberOfPixels() {
    holds(new GradCam(false).of(subject, "maps", QUIET).values(), false, c -> weight(c) / PIXELS);
    holds(new GradCam().of(subject, "maps", QUIET).values(), true, c -> weight(c) / PIXELS);
  }

  @Test
  void xgradcamOfAConstantGradientIsGradcam() {
    holds(new XGradCam().of(subject, "maps", QUIET).values(), true, c -> weight(c) / PIXELS);
  }

  @Test
  void gradcamPlusPlusCountsPixelsByAlpha() {
    holds(
        new GradCamPlusPlus().of(subject, "maps", QUIET).values(),
        true,
        c -> {
          double g = weight(c) / PIXELS;
          double alpha = g * g / (2 * g * g + sum(c) * g * g * g);
          return PIXELS * alpha * Math.max(g, 0);
        });
  }

  @Test
  void layercamTakesPositiveGradientsOnly() {
    holds(
        new LayerCam().of(subject, "maps", QUIET).values(),
        true,
        c -> Math.max(weight(c), 0) / PIXELS);
  }

  @Test
  void ablationCamWeighsByThePartOfTheScoreThatIsLost() {
    double score = 0;
    for (int c = 0; c < CHANNELS; c++) {
      score += weight(c) * sum(c) / PIXELS;
    }
    double all = score;
    holds(
        new AblationCam().of(subject, "maps", QUIET).values(),
        true,
        c -> weight(c) * sum(c) / PIXELS / all);
  }

  @Test
  void scorecamWeighsBySoftmaxOfTheMaskedScores() {
    double[] scores = new double[CHANNELS];
    for (int c = 0; c < CHANNELS; c++) {
      float low = Float.MAX_VALUE;
      float high = -Float.MAX_VALUE;
      for (int p = 0; p < PIXELS; p++) {
        low = Math.min(low, maps[p * CHANNELS + c]);
        high = Math.max(high, maps[p * CHANNELS + c]);
      }
      float[] masked = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        masked[i] = x[i] * (maps[i / 2 * CHANNELS + c] - low) / (high - low);
      }
      try (Scope scope = new Scope(backend);
          Run run = network.forward(scope.of(INPUT, masked), Listen.only("scores"))) {
        scores[c] = run.output("scores").toFloats()[1];
      }
    }
    double total = 0;
    for (double s : scores) {
      total += Math.exp(s);
    }
    double sum = total;
    holds(new ScoreCam().of(subject, "maps", QUIET).values(), true, c -> Math.exp(scores[c]) / sum);
  }

  @Test
  void eigencamIsTheProjectionOnTheFirstSingularVector() {
    float[] values = new EigenCam().of(subject, "maps", QUIET).values();
    double[] v = new double[CHANNELS]; // A' u, along the singular vector
    double length = 0;
    for (int p = 0; p < PIXELS; p++) {
      length += values[p] * values[p];
      for (int c = 0; c < CHANNELS; c++) {
        v[c] += maps[p * CHANNELS + c] * values[p];
      }
    }
    double along = 0;
    for (int p = 0; p < PIXELS; p++) {
      double back = 0;
      for (int c = 0; c < CHANNELS; c++) {
        back += maps[p * CHANNELS + c] * v[c];
        along += maps[p * CHANNELS + c] * values[p];
      }
      assertThat(back / length).isCloseTo(values[p], within(1e-4));
    }
    assertThat(along).isPositive();
    double total = 0; // it holds more than any single channel does
    for (int c = 0; c < CHANNELS; c++) {
      double squares = 0;
      for (int p = 0; p < PIXELS; p++) {
        squares += Math.pow(maps[p * CHANNELS + c], 2);
      }
      assertThat(length).isGreaterThan(squares);
      total += squares;
    }
    assertThat(length).isLessThanOrEqualTo(total);
  }

  @Test
  void smoothingIsTheMeanOverMirroredAndScaledInputs() {
    double[] expected = new double[PIXELS];
    for (float factor : new float[] {0.9f, 1, 1.1f}) {
      for (boolean mirror : new boolean[] {false, true}) {
        float[] view = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          int column = i / 2 % 6;
          int from = mirror ? i + (5 - 2 * column) * 2 : i;
          view[i] = factor * x[from];
        }
        float[] map =
            new GradCam().of(new Subject(network, INPUT, view, SCORE), "maps", QUIET).values();
        for (int p = 0; p < PIXELS; p++) {
          expected[p] += map[mirror ? p + 5 - 2 * (p % 6) : p] / 6;
        }
      }
    }
    float[] found = new SmoothedCam(new GradCam()).of(subject, "maps", QUIET).values();
    for (int p = 0; p < PIXELS; p++) {
      assertThat((double) found[p]).isCloseTo(expected[p], within(1e-6));
    }
  }

  @Test
  void camRefusesANetworkOfAnotherKindAnotherLayerAndAUnit() {
    assertThatThrownBy(() -> Cam.layer(network, "conv"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("global average pooling");
    assertThatThrownBy(() -> new Cam().of(subject, "conv", QUIET))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("maps");
    Subject unit = new Subject(network, INPUT, x, Unit.mean("maps", 0));
    assertThatThrownBy(() -> new Cam().of(unit, "maps", QUIET))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("explains a class");
  }

  @Test
  void workIsWhatProgressAddsUpTo() {
    for (CamMethod method :
        List.of(
            new Cam(),
            new GradCam(),
            new GradCamPlusPlus(),
            new XGradCam(),
            new LayerCam(),
            new EigenCam(),
            new ScoreCam(),
            new AblationCam(),
            new SmoothedCam(new ScoreCam()))) {
      int[] done = {0};
      method.of(subject, "maps", n -> done[0] += n);
      assertThat(done[0]).as("%s", method).isEqualTo(method.work(subject, "maps"));
    }
  }

  @Test
  void aBoxEnclosesTheLargestRegion() {
    float[] map = {
      0, 0, 0, 0, 0, //
      0, 9, 0, 3, 0, //
      0, 0, 0, 4, 5, //
      0, 0, 0, 3, 1,
    };
    assertThat(BoundingBox.of(map, 4, 5, 0.2)).isEqualTo(new BoundingBox(1, 3, 3, 2));
    assertThat(BoundingBox.of(map, 4, 5, 0.5)).isEqualTo(new BoundingBox(1, 1, 1, 1));
    assertThat(BoundingBox.of(new float[6], 2, 3, 0.2)).isNull();
  }
}
