package dev.vitrine.viz.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.engine.Gradients;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.cam.GradCam;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * SqueezeNet and Tiny VGG against PyTorch, see viz/src/test/goldens. The goldens' images carry a
 * little noise, so that no pooling window ties.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NetworkGoldensTest {
  private final Goldens goldens = new Goldens();
  private final Map<String, Study> studies = new LinkedHashMap<>();

  @TestFactory
  List<DynamicContainer> everyNumberIsPyTorchs() throws IOException {
    Map<String, List<JsonNode>> images = new LinkedHashMap<>();
    for (JsonNode golden : goldens.json("index.json").get("goldens")) {
      if (golden.has("maxAbs") && !golden.get("file").asText().equals("keras.npz")) {
        String key = golden.get("model").asText() + " " + golden.get("image").asText();
        images.computeIfAbsent(key, k -> new ArrayList<>()).add(golden);
      }
    }
    assertThat(images).hasSizeGreaterThanOrEqualTo(5);
    List<DynamicContainer> containers = new ArrayList<>();
    images.forEach(
        (key, list) ->
            containers.add(
                DynamicContainer.dynamicContainer(
                    key,
                    list.stream()
                        .map(
                            g ->
                                DynamicTest.dynamicTest(
                                    g.get("array").asText(), () -> check(key, list, g))))));
    return containers;
  }

  private void check(String image, List<JsonNode> all, JsonNode golden) {
    Study study = studies.computeIfAbsent(image, k -> new Study(goldens, k, all));
    Goldens.assertClose(
        image + " " + golden.get("array").asText(),
        ours(golden, study.model, study.run),
        goldens.array(golden.get("file").asText(), golden.get("array").asText()).doubles(),
        tolerance(golden));
  }

  @AfterAll
  void nothingStaysOpen() {
    studies.values().forEach(Study::close);
  }

  /** One image in one network, with everything that its goldens ask for. */
  private static final class Study {
    final Backend backend = Backends.open(Goldens.DEVICE, false, line -> {});
    final Model model;
    final Scope scope = new Scope(backend);
    final Run run;

    Study(Goldens goldens, String image, List<JsonNode> all) {
      String[] names = image.split(" ");
      model = Models.open(names[0], backend, Overrides.NONE);
      Npy pixels = goldens.array(names[0] + "-" + names[1] + ".npz", "pixels");
      int h = pixels.shape()[0];
      int w = pixels.shape()[1];
      Tensor x = scope.of(Shape.of(1, h, w, 3), Goldens.preprocessed(model, pixels.floats()));
      Set<String> heard = new LinkedHashSet<>();
      heard.add(Prediction.layer(model));
      boolean weights = false;
      for (JsonNode golden : all) {
        if (golden.has("layer")) {
          heard.add(golden.get("layer").asText());
        }
        weights |= golden.has("weight");
      }
      run = model.network().forward(x, new Listen(heard, true, weights));
    }

    void close() {
      run.close();
      scope.close();
      model.close();
      long left = backend.liveBytes();
      backend.close();
      assertThat(left).as("live bytes after everything is closed").isZero();
    }
  }

  /**
   * One unit's gradients, logits and Grad-CAM agree to 1e-4. A class' gradient passes hundreds of
   * thousands of ReLUs and pooling windows, some of which fall the other way by rounding alone: it
   * is held to twice the distance that float32 itself has from float64.
   */
  private static double tolerance(JsonNode golden) {
    double itself = Math.max(golden.get("distance64").asDouble(), golden.get("jitter").asDouble());
    return Math.max(1e-4, 2 * itself);
  }

  private static double[] ours(JsonNode golden, Model model, Run run) {
    String array = golden.get("array").asText();
    Objective score =
        golden.has("class")
            ? new ClassScore(
                Prediction.layer(model), golden.get("class").asInt(), model.classes(), false)
            : null;
    if (array.equals("logits")) {
      return Prediction.of(model, run).logits();
    }
    if (array.equals("probabilities")) {
      return Prediction.of(model, run).probabilities();
    }
    if (array.startsWith("gradcam-")) {
      boolean relu = !array.startsWith("gradcam-signed-");
      return Goldens.doubles(
          new GradCam(relu).of(run, score, golden.get("layer").asText()).values());
    }
    if (golden.has("weight")) {
      return weightGradient(golden.get("weight").asText(), model, run, score);
    }
    if (array.startsWith("gradient-")) {
      return layerGradient(golden, run, score);
    }
    String layer = golden.has("layer") ? golden.get("layer").asText() : null;
    Objective objective =
        golden.has("class")
            ? score
            : golden.has("y")
                ? Unit.at(
                    layer,
                    golden.get("channel").asInt(),
                    golden.get("y").asInt(),
                    golden.get("x").asInt())
                : Unit.mean(layer, golden.get("channel").asInt());
    ReluRule rule = ReluRule.valueOf(golden.get("rule").asText().toUpperCase(Locale.ROOT));
    float[] gradient = new InputGradient(rule).of(run, objective);
    return Goldens.doubles(model.preprocessing().gradientToRgb(gradient));
  }

  private static double[] layerGradient(JsonNode golden, Run run, Objective score) {
    Tensor at = run.output(golden.get("layer").asText());
    Gradients gradients =
        run.backward(Map.of(run.output(score.layer()), score.seed(run)), List.of(at));
    double[] all = gradients.at(at).toDoubles();
    int channels = at.shape().dim(-1);
    int kept = golden.has("firstChannels") ? golden.get("firstChannels").asInt() : channels;
    double[] out = new double[all.length / channels * kept];
    for (int i = 0; i < out.length; i++) {
      out[i] = all[i / kept * channels + i % kept];
    }
    return out;
  }

  private static double[] weightGradient(String name, Model model, Run run, Objective score) {
    Parameter weight =
        model.network().parameters().stream()
            .filter(p -> p.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no weight is called " + name));
    return run.backward(Map.of(run.output(score.layer()), score.seed(run)), List.of(weight.value()))
        .at(weight.value())
        .toDoubles();
  }
}
