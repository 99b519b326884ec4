package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * The first steps of the presets chollet and lucid against PyTorch in float64, see presets.py. In
 * double precision they are the same; in float32 as far away as PyTorch's float32 is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PresetGoldensTest {
  private Map<String, Npy> arrays;
  private JsonNode cases;

  @BeforeAll
  void read() throws IOException {
    try (InputStream npz = PresetGoldensTest.class.getResourceAsStream("/goldens/presets.npz");
        InputStream json = PresetGoldensTest.class.getResourceAsStream("/goldens/presets.json")) {
      arrays = Npy.readArchive("presets.npz", npz);
      cases = new ObjectMapper().readTree(json);
    }
  }

  private interface Check {
    void of(JsonNode golden, Backend backend);
  }

  private List<DynamicTest> each(String kind, Check check, String... backends) {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : cases.get(kind)) {
      for (String name : backends) {
        tests.add(
            DynamicTest.dynamicTest(
                golden.get("name").asText() + ", " + name,
                () -> {
                  try (Backend backend = Backends.open(name, false, line -> {})) {
                    check.of(golden, backend);
                    assertThat(backend.liveBytes()).as("live bytes").isZero();
                  }
                }));
      }
    }
    assertThat(tests).hasSizeGreaterThan(backends.length);
    return tests;
  }

  @TestFactory
  List<DynamicTest> everyStepOfChollets() {
    return each("chollet", this::chollet, "cpu", "reference");
  }

  private void chollet(JsonNode golden, Backend backend) {
    String name = "chollet-" + golden.get("name").asText();
    int size = golden.get("size").asInt();
    float[] start = arrays.get(name + "/start").floats();
    try (Model model = Models.open(golden.get("model").asText(), backend, Overrides.NONE)) {
      PixelSpace space = PixelSpace.of(model.preprocessing());
      try (Parameterization images =
          new PixelImages(backend, space, Shape.of(1, size, size, 3), start)) {
        climb(golden, name, model, Recipe.CHOLLET, images, new Random(0), 1e-4);
        assertClose(
            name + ", standardized",
            Optimization.standardized(images.variable().toFloats()),
            arrays.get(name + "/picture").floats(),
            1e-5);
      }
      Feature feature =
          new Feature(golden.get("layer").asText(), golden.get("channel").asInt(), false);
      Recipe recipe = Recipe.CHOLLET.withSteps(golden.get("distance64").size());
      float[] colors = new float[start.length];
      for (int i = 0; i < colors.length; i++) {
        colors[i] = (float) (start[i] * space.std().get(i % 3) + space.mean().get(i % 3));
      }
      Task task = new Task(Direction.each(List.of(feature)), List.of(0L), colors, List.of(size), 0);
      Maximized made =
          recipe
              .maximize(model.network(), model.preprocessing(), task, Film.NONE, work -> {})
              .get(0);
      assertClose(
          name + ", the whole recipe", made.colors(), arrays.get(name + "/picture").floats(), 1e-4);
    }
  }

  @TestFactory
  List<DynamicTest> everyStepOfLucids() {
    return each("lucid", this::lucid, "cpu", "reference");
  }

  private void lucid(JsonNode golden, Backend backend) {
    String name = "lucid-" + golden.get("name").asText();
    int size = golden.get("size").asInt();
    float[] start = arrays.get(name + "/start").floats();
    try (Model model = Models.open(golden.get("model").asText(), backend, Overrides.NONE);
        Parameterization images = new FourierImages(backend, 1, size, size, start)) {
      climb(golden, name, model, Recipe.LUCID, images, new Drawn(golden.get("draws")), 2e-6);
    }
  }

  private void climb(
      JsonNode golden,
      String name,
      Model model,
      Recipe recipe,
      Parameterization images,
      Random random,
      double exact) {
    JsonNode distances = golden.get("distance64");
    Feature feature =
        new Feature(golden.get("layer").asText(), golden.get("channel").asInt(), false);
    boolean rounds = !model.network().backend().name().equals("reference");
    try (Ascent ascent =
            new Ascent(
                model.network(),
                model.preprocessing(),
                Direction.each(List.of(feature)),
                recipe.transforms(),
                random);
        Optimizer.Mover mover = recipe.optimizer().on(model.network().backend())) {
      ascent.climb(
          images,
          mover,
          distances.size(),
          golden.path("redirected").asInt(0),
          gradient -> {},
          step ->
              assertClose(
                  name + ", step " + step,
                  ascent.images(images),
                  arrays.get(name + "/step" + step).floats(),
                  exact + (rounds ? 2 * distances.get(step - 1).asDouble() : 0)));
    }
  }

  /** What a golden's transforms drew, in its order. */
  private static final class Drawn extends Random {
    private static final long serialVersionUID = 1;
    private final transient Deque<Integer> numbers = new ArrayDeque<>();

    Drawn(JsonNode draws) {
      draws.forEach(step -> step.forEach(number -> numbers.add(number.asInt())));
    }

    @Override
    public int nextInt(int bound) {
      int number = numbers.remove();
      assertThat(number).as("drawn").isBetween(0, bound - 1);
      return number;
    }
  }

  @TestFactory
  List<DynamicTest> everySpectrumIsTheImageOfPyTorchsTransformAndSoIsItsGradient() {
    return each("spectra", this::spectrum, "cpu", "reference");
  }

  private void spectrum(JsonNode golden, Backend backend) {
    String name = golden.get("name").asText();
    int h = golden.get("height").asInt();
    int w = golden.get("width").asInt();
    boolean rounds = !backend.name().equals("reference");
    try (Parameterization images =
            new FourierImages(backend, 1, h, w, arrays.get(name + "/spectrum").floats());
        Scope scope = new Scope(backend);
        Constants constants = new Constants(backend)) {
      Tape tape = new Tape(scope);
      Tensor variable = tape.watch(images.variable());
      Tensor image = images.images(tape, constants);
      Tensor seed = scope.of(image.shape(), arrays.get(name + "/seed").floats());
      Tensor gradient = tape.backward(Map.of(image, seed), List.of(variable)).at(variable);
      assertClose(name, image.toDoubles(), arrays.get(name + "/image").doubles(), rounds, 1);
      double[] expected = arrays.get(name + "/gradient").doubles();
      double largest = 0;
      for (double g : expected) {
        largest = Math.max(largest, Math.abs(g));
      }
      assertClose(name + ", gradient", gradient.toDoubles(), expected, rounds, largest);
    }
  }

  private static void assertClose(
      String what, double[] found, double[] expected, boolean rounds, double unit) {
    assertThat(found).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      assertThat(found[i])
          .as("%s at %d", what, i)
          .isCloseTo(expected[i], within(unit * (rounds ? 1e-5 : 1e-10)));
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
}
