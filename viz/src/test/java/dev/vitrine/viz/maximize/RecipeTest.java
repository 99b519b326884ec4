package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Preprocessing;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class RecipeTest {
  private static final Recipe SHORT = Recipe.GRAETZ.withRounds(4).withSteps(8);
  private final Backend backend = Backends.open("cpu", false, line -> {});

  @AfterEach
  void close() {
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after everything is closed").isZero();
  }

  @Test
  void theSizesAreThePublishedOnes() {
    assertThat(Recipe.GRAETZ.sizesFrom(56))
        .containsExactly(56, 67, 80, 96, 115, 138, 165, 198, 237, 284, 340, 408);
  }

  @Test
  void theNoiseIsThatOfTheSeedAndTheChannel() {
    float[] noise = Optimization.noise(Recipe.GRAETZ, List.of(3L, 4L), 56, 7);
    float[] alone = Optimization.noise(Recipe.GRAETZ, List.of(4L), 56, 7);

    assertThat(IntStream.range(0, alone.length)).allMatch(i -> noise[alone.length + i] == alone[i]);
    assertThat(Optimization.noise(Recipe.GRAETZ, List.of(4L), 56, 8)).isNotEqualTo(alone);
    assertThat(Optimization.noise(Recipe.GRAETZ, List.of(3L), 56, 7)).isNotEqualTo(alone);
    Set<Long> pixels = new HashSet<>();
    float[] colors = PixelSpace.STANDARD.toColors(alone);
    for (float color : colors) {
      pixels.add(Math.round(color * 255.0));
    }
    assertThat(pixels).hasSize(30).contains(150L, 179L);
  }

  /**
   * Two rounds of four steps against PyTorch, see maximization.py: the golden's own distance from
   * float64 is 1e-6 to 1e-4 standard deviations.
   */
  @TestFactory
  List<DynamicTest> everyRoundIsPyTorchs() throws IOException {
    Map<String, Npy> arrays;
    JsonNode cases;
    try (InputStream npz = RecipeTest.class.getResourceAsStream("/goldens/maximize.npz");
        InputStream json = RecipeTest.class.getResourceAsStream("/goldens/maximize.json")) {
      arrays = Npy.readArchive("maximize.npz", npz);
      cases = new ObjectMapper().readTree(json).get("cases");
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : cases) {
      tests.add(DynamicTest.dynamicTest(golden.get("name").asText(), () -> check(golden, arrays)));
    }
    assertThat(tests).hasSize(4);
    return tests;
  }

  private static void check(JsonNode golden, Map<String, Npy> arrays) {
    String name = golden.get("name").asText();
    Recipe method = Recipe.GRAETZ.withRounds(2).withSteps(golden.get("steps").asInt());
    try (Backend backend = Backends.open("cpu", false, line -> {});
        Model model = Models.open(golden.get("model").asText(), backend, Overrides.NONE)) {
      Feature feature =
          new Feature(golden.get("layer").asText(), golden.get("channel").asInt(), false);
      float[] z = arrays.get(name + "/start").floats();
      for (int round = 1; round <= 2; round++) {
        int size = round == 1 ? 56 : 67;
        z = round == 1 ? z : Optimization.enlarged(method, backend, z, 1, 56, 67);
        try (Ascent ascent =
                new Ascent(
                    model.network(),
                    model.preprocessing(),
                    Direction.each(List.of(feature)),
                    List.of(),
                    new Random(0));
            PixelImages images =
                new PixelImages(backend, PixelSpace.STANDARD, Shape.of(1, size, size, 3), z);
            Optimizer.Mover adam = method.optimizer().on(backend)) {
          ascent.climb(images, adam, method.steps(), 0, gradient -> {}, step -> {});
          z = ascent.images(images);
          assertClose(
              name + ", round " + round, z, arrays.get(name + "/round" + round).floats(), 1e-3);
          double expected = golden.get("round" + round).get("activation").asDouble();
          assertThat(ascent.values(images)[0] / expected)
              .as("%s: activation after round %d", name, round)
              .isBetween(1 - 1e-4, 1 + 1e-4);
        }
      }
    }
  }

  private static void assertClose(String what, float[] found, float[] expected, double tolerance) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    double worst = 0;
    int at = 0;
    for (int i = 0; i < found.length; i++) {
      double d = Math.abs(found[i] - (double) expected[i]);
      if (!(d <= worst)) {
        worst = d;
        at = i;
      }
    }
    assertThat(worst)
        .as("%s: largest difference, at %d: %g for %g", what, at, found[at], expected[at])
        .isLessThan(tolerance);
  }

  @Test
  void theActivationRisesInEveryRound() {
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE)) {
      Maximized made = one(model, Feature.beforeRelu(model.network(), "fire3_concat", 5), 0);

      assertThat(made.activations()).hasSize(5).isSorted();
      assertThat(made.activations().get(1)).isGreaterThan(10 * made.activations().get(0));
      assertThat(made.dead()).isFalse();
    }
  }

  @Test
  void thePictureIsInZeroToOneAndUsesBothEnds() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Maximized made = one(model, new Feature("conv_1_2", 4, false), 0);

      assertThat(made.size()).isEqualTo(96);
      assertThat(made.colors()).hasSize(96 * 96 * 3);
      float least = 1;
      float most = 0;
      for (float color : made.colors()) {
        assertThat(color).isBetween(0f, 1f);
        least = Math.min(least, color);
        most = Math.max(most, color);
      }
      assertThat(most - least).isGreaterThan(0.5f);
    }
  }

  @Test
  void theSameSeedGivesTheSamePictureAndAnotherSeedAnother() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Feature feature = new Feature("conv_1_2", 4, false);
      float[] first = one(model, feature, 0).colors();

      assertThat(one(model, feature, 0).colors()).isEqualTo(first);
      assertThat(one(model, feature, 1).colors()).isNotEqualTo(first);
    }
  }

  @Test
  void theNegativeMakesTheMeanSmall() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Maximized up = one(model, new Feature("conv_1_2", 4, false), 0);
      Maximized down = one(model, new Feature("conv_1_2", 4, true), 0);

      assertThat(down.activations().get(0)).isEqualTo(-up.activations().get(0));
      assertThat(down.activations()).isSorted();
    }
  }

  /** Side by side a convolution may add up in another order, and Adam amplifies what that moves. */
  @Test
  void channelsSideBySideAreOptimizedEachForItself() {
    Recipe brief = Recipe.GRAETZ.withRounds(2).withSteps(2);
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      List<Feature> features =
          List.of(new Feature("conv_1_2", 1, false), new Feature("conv_1_2", 4, false));
      List<Integer> sizes = brief.sizes(model.network(), "conv_1_2");
      List<Maximized> together = maximize(brief, model, features, sizes, 0);
      for (int i = 0; i < 2; i++) {
        Maximized alone = maximize(brief, model, features.subList(i, i + 1), sizes, 0).get(0);
        assertClose(
            "channel " + features.get(i).channel(), together.get(i).colors(), alone.colors(), 1e-3);
        assertThat(together.get(i).activations().get(0))
            .isCloseTo(alone.activations().get(0), within(1e-5));
      }
    }
  }

  @Test
  void aLayerWithoutAMapAtTheStartBeginsWhereItHasOne() {
    try (Network network = narrow()) {
      List<Integer> sizes = SHORT.sizes(network, "deep");
      assertThat(sizes).containsExactly(61, 73, 87, 104);
      assertThat(SHORT.sizes(network, "first")).containsExactly(56, 67, 80, 96);

      Maximized made =
          SHORT
              .maximize(
                  network,
                  Preprocessing.UNIT,
                  List.of(new Feature("deep", 0, false)),
                  sizes,
                  0,
                  work -> {})
              .get(0);
      assertThat(made.size()).isEqualTo(104);
      assertThat(made.activations()).hasSize(5);
      assertThat(made.activations().get(4)).isGreaterThan(made.activations().get(0));
    }
  }

  @Test
  void aLayerThatTakesOneSizeOnlyIsRefused() {
    try (Network network = narrow()) {
      assertThatThrownBy(() -> SHORT.sizes(network, "classes"))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("classes takes no images of different sizes")
          .hasMessageContaining("choose a layer before it with --layer");
    }
  }

  @Test
  void aChannelThatNoGradientReachesIsDead() {
    try (Network network = narrow()) {
      List<Feature> features =
          List.of(new Feature("first", 0, false), new Feature("first", 1, false));
      List<Maximized> made =
          SHORT.maximize(network, Preprocessing.UNIT, features, List.of(56, 67), 0, work -> {});
      assertThat(made).extracting(Maximized::dead).containsExactly(false, true);
    }
  }

  /** A 2x2 convolution whose second channel is zero, one of 60x60, and a dense layer. */
  private Network narrow() {
    float[] first = new float[2 * 2 * 3 * 2];
    for (int i = 0; i < first.length; i += 2) {
      first[i] = 0.1f * (i % 5) - 0.1f;
    }
    float[] deep = new float[60 * 60 * 2];
    for (int i = 0; i < deep.length; i++) {
      deep[i] = i % 3 == 0 ? 0.01f : -0.002f;
    }
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 64, 64, 3))) {
      return b.layer(
              "first",
              new Conv2d(Sliding.valid(2, 2, 1, 1)),
              b.parameter("first/kernel", Shape.of(2, 2, 3, 2), first))
          .layer("relu", new Relu())
          .layer(
              "deep",
              new Conv2d(Sliding.valid(60, 60, 1, 1)),
              b.parameter("deep/kernel", Shape.of(60, 60, 2, 1), deep))
          .layer("flatten", Reshape.flatten())
          .layer(
              "classes",
              new Dense(),
              b.parameter("classes/weights", Shape.of(16, 2), new float[32]))
          .build();
    }
  }

  @Test
  void nothingIsLeftBehindAndNoStepTakesMoreThanTheOneBefore() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      Feature feature = new Feature("conv_1_2", 4, false);
      one(model, feature, 0);
      long before = backend.liveBytes();
      List<Long> held = new ArrayList<>();
      SHORT.maximize(
          model.network(),
          model.preprocessing(),
          List.of(feature),
          List.of(56),
          0,
          work -> held.add(backend.liveBytes() + backend.pooledBytes()));

      assertThat(held).hasSize(8);
      assertThat(held.subList(1, 8)).as("bytes held after each step").containsOnly(held.get(1));
      assertThat(backend.liveBytes()).isEqualTo(before);
      assertThat(backend.pooledBytes()).as("trimmed after the last round").isLessThan(1000);
    }
  }

  @Test
  void stepsUnderRandomTransformsRiseAndLeaveNothingBehind() {
    try (Model model = Models.open("squeezenet", backend, Overrides.NONE)) {
      long before = backend.liveBytes();
      Feature feature = Feature.beforeRelu(model.network(), "fire2_concat", 5);
      Maximized made =
          Recipe.LUCID
              .withStart(48)
              .withSteps(40)
              .maximize(
                  model.network(),
                  model.preprocessing(),
                  List.of(feature),
                  List.of(48),
                  0,
                  work -> {})
              .get(0);
      assertThat(made.activations().get(1)).isGreaterThan(2 * made.activations().get(0));
      assertThat(backend.liveBytes() - before).isLessThan(5_000_000); // packed weights
    }
  }

  @Test
  void progressAddsUpToTheWork() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      List<Integer> sizes = List.of(56, 67);
      long[] done = {0};
      SHORT.maximize(
          model.network(),
          model.preprocessing(),
          List.of(new Feature("conv_1_1", 0, false), new Feature("conv_1_1", 1, false)),
          sizes,
          0,
          work -> done[0] += work);
      assertThat(done[0]).isEqualTo(2 * SHORT.work(sizes));
    }
  }

  @Test
  void featuresOfTwoLayersAreRefused() {
    try (Model model = Models.open("tiny_vgg", backend, Overrides.NONE)) {
      List<Feature> two =
          List.of(new Feature("conv_1_1", 0, false), new Feature("conv_1_2", 0, false));
      assertThatThrownBy(() -> maximize(SHORT, model, two, List.of(56), 0))
          .hasMessageContaining("[conv_1_1, conv_1_2]");
    }
  }

  private static Maximized one(Model model, Feature feature, long seed) {
    List<Integer> sizes = SHORT.sizes(model.network(), feature.layer());
    return maximize(SHORT, model, List.of(feature), sizes, seed).get(0);
  }

  private static List<Maximized> maximize(
      Recipe method, Model model, List<Feature> features, List<Integer> sizes, long seed) {
    return method.maximize(
        model.network(), model.preprocessing(), features, sizes, seed, work -> {});
  }
}
