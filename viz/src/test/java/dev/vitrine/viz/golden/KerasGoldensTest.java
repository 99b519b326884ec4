package dev.vitrine.viz.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The whole way from a photograph's file to its classes, against Keras. */
class KerasGoldensTest {
  private final Goldens goldens = new Goldens();

  @TestFactory
  List<DynamicTest> photographsAreTakenForWhatKerasTakesThemFor() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : goldens.json("index.json").get("goldens")) {
      if (golden.get("file").asText().equals("keras.npz") && golden.has("top")) {
        tests.add(DynamicTest.dynamicTest(golden.get("array").asText(), () -> check(golden)));
      }
    }
    assertThat(tests).hasSizeGreaterThanOrEqualTo(5);
    return tests;
  }

  private void check(JsonNode golden) {
    Path file = Path.of("samples", golden.get("image").asText() + ".png");
    try (Backend backend = Backends.open(Goldens.DEVICE, false, line -> {});
        Model model = Models.open(golden.get("model").asText(), backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      int h = model.inputSize()[0];
      int w = model.inputSize()[1];
      Picture input = Resize.BILINEAR.apply(Picture.read(file), h, w);
      Tensor x = scope.of(Shape.of(1, h, w, 3), model.preprocessing().apply(input));
      try (Run run = model.network().forward(x, Listen.to(Prediction.layer(model)))) {
        Prediction found = Prediction.of(model, run);
        double[] expected = goldens.array("keras.npz", golden.get("array").asText()).doubles();
        assertThat(found.probabilities()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
          assertThat(found.probabilities()[i])
              .as("class %d", i)
              .isCloseTo(expected[i], within(1e-5));
        }
        List<Integer> top = new ArrayList<>();
        golden.get("top").forEach(c -> top.add(c.asInt()));
        assertThat(found.top(top.size())).isEqualTo(top);
        String logits = golden.get("array").asText().replace("probabilities", "logits");
        Goldens.assertClose(
            logits, found.logits(), goldens.array("keras.npz", logits).doubles(), 1e-4);
      }
    }
  }
}
