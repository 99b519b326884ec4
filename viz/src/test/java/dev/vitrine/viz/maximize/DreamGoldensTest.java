package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Two octaves of two steps in tiles, against PyTorch: see dreaming.py. */
final class DreamGoldensTest {

  @TestFactory
  List<DynamicTest> theDreamIsPyTorchs() throws IOException {
    Map<String, Npy> arrays;
    JsonNode golden;
    try (InputStream npz = DreamGoldensTest.class.getResourceAsStream("/goldens/dream.npz");
        InputStream json = DreamGoldensTest.class.getResourceAsStream("/goldens/dream.json")) {
      arrays = Npy.readArchive("dream.npz", npz);
      golden = new ObjectMapper().readTree(json);
    }
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode one : golden.get("cases")) {
      tests.add(
          DynamicTest.dynamicTest(
              one.get("name").asText(), () -> check(golden.get("settings"), one, arrays)));
    }
    assertThat(tests).hasSize(2);
    return tests;
  }

  private static void check(JsonNode settings, JsonNode golden, Map<String, Npy> arrays) {
    Dream dream =
        new Dream(
            settings.get("octaves").asInt(),
            settings.get("scale").asDouble(),
            settings.get("steps").asInt(),
            settings.get("rate").asDouble(),
            settings.get("tile").asInt());
    String name = golden.get("name").asText();
    Npy photograph = arrays.get(name + "/photograph");
    float[] expected = arrays.get(name + "/dream").floats();
    try (Backend backend = Backends.open("cpu", false, line -> {});
        Model model = Models.open(golden.get("model").asText(), backend, Overrides.NONE)) {
      float[] found =
          dream
              .of(
                  model.network(),
                  model.preprocessing(),
                  new LayerEnergy(golden.get("layer").asText()),
                  photograph.floats(),
                  photograph.shape()[0],
                  photograph.shape()[1],
                  settings.get("seed").asLong(),
                  Film.NONE,
                  work -> {})
              .colors();
      double worst = 0;
      for (int i = 0; i < found.length; i++) {
        worst = Math.max(worst, Math.abs(found[i] - (double) expected[i]));
      }
      // The golden is 3e-7 from float64, and has moved by 0.08 and more.
      assertThat(worst).as("%s: largest difference of a colour", name).isLessThan(2e-5);
    }
  }
}
