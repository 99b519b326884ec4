package dev.vitrine.viz.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.viz.attribution.GradientTimesInput;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.cam.EigenCam;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.SmallNetworks;
import dev.vitrine.viz.method.Subject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The measures of trust where their answers are known. */
final class TrustTest {
  private static final Shape INPUT = Shape.of(1, 4, 5, 2);
  private static final ClassScore SECOND = new ClassScore("scores", 1, 2, false);
  private static final PixelMap GRADIENT = PixelMap.of(new InputGradient(ReluRule.GRADIENT));

  private final Backend backend = Backends.open("reference", false, line -> {});
  private final float[] x = SmallNetworks.random(40, 5);
  private final float[] weights = SmallNetworks.random(80, 6);
  private final Network linear = SmallNetworks.linear(backend, INPUT, 2, weights);
  private final Subject subject = new Subject(linear, INPUT, x, SECOND);

  @AfterEach
  void close() {
    linear.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  @Test
  void ranksThatAgreeCorrelateFullyWhateverTheValuesAre() {
    float[] a = {3, 1, 2, 10};
    assertThat(RankCorrelation.of(a, new float[] {30, -5, 7, 31})).isCloseTo(1, within(1e-12));
    assertThat(RankCorrelation.of(a, new float[] {-3, -1, -2, -10})).isCloseTo(-1, within(1e-12));
    // Ranks 2 0 1 3 and 0 1 2 3: 1 - 6 (4 + 1 + 1) / (4 * 15)
    assertThat(RankCorrelation.of(a, new float[] {1, 2, 3, 4})).isCloseTo(0.4, within(1e-12));
  }

  @Test
  void equalValuesShareTheirRank() {
    // Ranks 0.5 0.5 2 and 0 1 2: covariance 1.5, variances 1.5 and 2.
    assertThat(RankCorrelation.of(new float[] {1, 1, 2}, new float[] {1, 2, 3}))
        .isCloseTo(1.5 / Math.sqrt(3), within(1e-12));
    assertThat(RankCorrelation.of(new float[3], new float[] {1, 2, 3})).isNaN();
  }

  @Test
  void aMapThatDoesNotLookAtTheNetworkSurvivesEveryRandomization() {
    PixelMap edges = s -> Arrays.copyOf(s.input(), 20);
    List<CascadingRandomization.Stage> stages =
        new CascadingRandomization(1).of(subject, edges, stage -> {});
    assertThat(stages).hasSize(2);
    assertThat(stages.get(0).layer()).isNull();
    assertThat(stages.get(1).layer()).isEqualTo("scores");
    assertThat(stages).allSatisfy(s -> assertThat(s.correlation()).isCloseTo(1, within(1e-12)));
  }

  @Test
  void aGradientChangesWithTheWeightsAndTheNetworkStaysWhatItWas() {
    float[] before = GRADIENT.of(subject);
    List<String> seen = new ArrayList<>();
    List<CascadingRandomization.Stage> stages =
        new CascadingRandomization(1).of(subject, GRADIENT, stage -> seen.add(stage.layer()));
    assertThat(seen).containsExactly(null, "scores");
    assertThat(stages.get(0).correlation()).isCloseTo(1, within(1e-12));
    assertThat(Math.abs(stages.get(1).correlation())).isLessThan(0.6);
    assertThat(GRADIENT.of(subject)).isEqualTo(before);
  }

  /** What tells the two apart: over several draws, and by the threshold of the command. */
  @Test
  void theControlsSurviveAllWeightsAndTheGradientDoesNot() {
    Shape shape = Shape.of(1, 12, 12, 2);
    try (Network network = SmallNetworks.linear(backend, shape, 2, SmallNetworks.random(576, 8))) {
      Subject large = new Subject(network, shape, SmallNetworks.random(288, 9), SECOND);
      for (int seed = 0; seed < 5; seed++) {
        CascadingRandomization anew = new CascadingRandomization(seed);
        for (Control control : Control.values()) {
          assertThat(anew.left(large, control, control.of(large)))
              .as("%s", control)
              .isCloseTo(1, within(1e-12));
        }
        assertThat(Math.abs(anew.left(large, GRADIENT, GRADIENT.of(large)))).isLessThan(0.3);
      }
    }
  }

  @Test
  void sobelOfARampIsItsSlope() {
    float[] ramp = new float[40];
    for (int i = 0; i < 40; i++) {
      ramp[i] = 2 * (i / 2 % 5) + 3 * (i / 10) + (i % 2 == 0 ? 7 : -7); // the mean has no 7
    }
    float[] edges = Control.SOBEL.of(new Subject(linear, INPUT, ramp, SECOND));
    double[] across = {8, 16, 16, 16, 8}; // 2 and 3, eight times; half beside the border
    double[] down = {12, 24, 24, 12};
    for (int i = 0; i < 20; i++) {
      assertThat(edges[i])
          .as("pixel %d", i)
          .isCloseTo((float) Math.hypot(across[i % 5], down[i / 5]), within(1e-5f));
    }
  }

  /** Half of all draws leave a score behind a ReLU at zero. */
  @Test
  void weightsThatLeaveNoGradientAreDrawnAgain() {
    try (NetworkBuilder b = Network.on(backend).input("image", INPUT);
        Network network =
            b.layer("flat", Reshape.flatten())
                .layer("pre", new Dense(), b.parameter("w", Shape.of(40, 2), alive()))
                .layer("scores", new Relu())
                .build()) {
      Subject rectified = new Subject(network, INPUT, x, SECOND);
      for (int seed = 0; seed < 8; seed++) {
        CascadingRandomization anew = new CascadingRandomization(seed);
        List<CascadingRandomization.Stage> stages = anew.of(rectified, GRADIENT, stage -> {});
        assertThat(stages).allSatisfy(s -> assertThat(s.correlation()).isNotNaN());
        assertThat(anew.left(rectified, GRADIENT, stages.get(0).map())).isNotNaN();
      }
    }
  }

  /** Weights with which the second score is positive. */
  private float[] alive() {
    float[] w = weights.clone();
    for (int i = 0; i < 40; i++) {
      w[2 * i + 1] = Math.abs(w[2 * i + 1]) * Math.signum(x[i]);
    }
    return w;
  }

  @Test
  void stopsAreSpreadOverTheLayersAndEndAtTheImage() {
    List<String> layers = List.of("a", "b", "c", "d", "e", "f", "g");
    assertThat(CascadingRandomization.stops(layers, 3)).containsExactly("b", "d", "g");
    assertThat(CascadingRandomization.stops(layers, 1)).containsExactly("g");
    assertThat(CascadingRandomization.stops(layers, 99)).isEqualTo(layers);
  }

  @Test
  void layersBetweenTwoStopsAreDrawnTogether() {
    Shape shape = Shape.of(1, 6, 6, 2);
    try (Network network = SmallNetworks.pooled(backend, shape, SmallNetworks.random(12, 3))) {
      Subject pooled =
          new Subject(
              network, shape, SmallNetworks.random(72, 4), new ClassScore("scores", 0, 3, false));
      List<CascadingRandomization.Stage> stages =
          new CascadingRandomization(2)
              .of(pooled, PixelMap.of(new EigenCam(), "maps"), List.of("conv"), stage -> {});
      assertThat(stages)
          .extracting(CascadingRandomization.Stage::layer)
          .containsExactly(null, "conv");
      assertThat(stages.get(1).correlation()).isLessThan(0.99);
    }
  }

  @Test
  void layersAreRandomizedFromTheScoresDown() {
    Shape shape = Shape.of(1, 6, 6, 2);
    try (Network network = SmallNetworks.pooled(backend, shape, SmallNetworks.random(12, 3))) {
      assertThat(CascadingRandomization.layers(network, "scores"))
          .containsExactly("scores", "conv");
      Subject pooled =
          new Subject(
              network, shape, SmallNetworks.random(72, 4), new ClassScore("scores", 0, 3, false));
      List<CascadingRandomization.Stage> stages =
          new CascadingRandomization(2)
              .of(pooled, PixelMap.of(new EigenCam(), "maps"), stage -> {});
      // The first principal direction of the maps knows nothing of the dense layer after them.
      assertThat(stages.get(1).correlation()).isCloseTo(1, within(1e-9));
      assertThat(stages.get(2).correlation()).isLessThan(0.99);
    }
  }

  @Test
  void deletionOfALinearScoreTakesTheLargestPartsFirst() {
    float[] map = new float[20]; // what each pixel contributes
    for (int i = 0; i < x.length; i++) {
      map[i / 2] += x[i] * weights[2 * i + 1];
    }
    PixelCurve deletion = PixelCurve.deletion(subject, map, new float[x.length], 20, n -> {});
    PixelCurve insertion = PixelCurve.insertion(subject, map, new float[x.length], 20, n -> {});
    float[] sorted = map.clone();
    Arrays.sort(sorted);
    double inserted = 0;
    double total = 0;
    for (float part : map) {
      total += part;
    }
    for (int k = 0; k <= 20; k++) {
      assertThat(deletion.shares()[k]).isCloseTo(k / 20.0, within(1e-12));
      assertThat(insertion.scores()[k]).isCloseTo(inserted, within(1e-5));
      assertThat(deletion.scores()[k]).isCloseTo(total - inserted, within(1e-5));
      inserted += k < 20 ? sorted[19 - k] : 0;
    }
    assertThat(insertion.area()).isGreaterThan(deletion.area());
    assertThat(insertion.area() + deletion.area()).isCloseTo(total, within(1e-5));
  }

  @Test
  void aMapThatDoesNotMoveHasSensitivityZeroAndTimesInputMovesWithIt() {
    Sensitivity measure = new Sensitivity(10, 0.02, 1);
    int[] done = {0};
    assertThat(measure.of(subject, GRADIENT, n -> done[0] += n)).isZero();
    assertThat(done[0]).isEqualTo(10);
    double moved = measure.of(subject, PixelMap.of(new GradientTimesInput()), n -> {});
    assertThat(moved).isPositive();
    // |w e| is at most w's largest weight times the cube's half side, over |w x|.
    double twice =
        new Sensitivity(10, 0.04, 1).of(subject, PixelMap.of(new GradientTimesInput()), n -> {});
    assertThat(twice / moved).isCloseTo(2, within(0.2));
  }
}
