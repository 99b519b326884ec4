package dev.vitrine.viz.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.attribution.Baseline;
import dev.vitrine.viz.attribution.GradientTimesInput;
import dev.vitrine.viz.attribution.GuidedGradCam;
import dev.vitrine.viz.attribution.IntegratedGradients;
import dev.vitrine.viz.attribution.Occlusion;
import dev.vitrine.viz.attribution.SmoothGrad;
import dev.vitrine.viz.cam.AblationCam;
import dev.vitrine.viz.cam.Cam;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.cam.EigenCam;
import dev.vitrine.viz.cam.GradCamPlusPlus;
import dev.vitrine.viz.cam.LayerCam;
import dev.vitrine.viz.cam.ScoreCam;
import dev.vitrine.viz.cam.XGradCam;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** The attribution and class activation methods against PyTorch, see viz/src/test/goldens. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MethodGoldensTest {
  private static final IntConsumer QUIET = n -> {};

  /** How other implementations differ from the papers; ours follows the papers. */
  private static final Set<String> VARIANTS =
      Set.of("gradcam++-epsilon", "eigencam-centred", "scorecam-corners");

  private final Goldens goldens = new Goldens();
  private final Backend backend = Backends.open(Goldens.DEVICE, false, line -> {});
  private final Map<String, Model> models = new HashMap<>();

  @TestFactory
  List<DynamicTest> everyMapIsPyTorchs() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode golden : goldens.json("methods.json").get("goldens")) {
      String array = golden.get("array").asText();
      if (golden.has("method") && VARIANTS.stream().noneMatch(array::startsWith)) {
        String name = golden.get("file").asText() + " " + array;
        tests.add(DynamicTest.dynamicTest(name, () -> check(name, golden)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(40);
    return tests;
  }

  @AfterAll
  void nothingStaysOpen() {
    models.values().forEach(Model::close);
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after everything is closed").isZero();
  }

  private void check(String name, JsonNode golden) {
    String network = golden.get("model").asText();
    Model model = models.computeIfAbsent(network, n -> Models.open(n, backend, Overrides.NONE));
    Npy pixels = goldens.array(network + "-" + golden.get("image").asText() + ".npz", "pixels");
    ClassScore score =
        new ClassScore(
            Prediction.layer(model), golden.get("class").asInt(), model.classes(), false);
    Shape shape = Shape.of(1, pixels.shape()[0], pixels.shape()[1], 3);
    Subject subject =
        new Subject(model.network(), shape, Goldens.preprocessed(model, pixels.floats()), score);
    String method = golden.get("method").asText();
    CamMethod cam = cam(method);
    float[] found =
        cam != null
            ? cam.of(subject, golden.get("layer").asText(), QUIET).values()
            : attribution(golden, method, model, subject);
    Goldens.assertClose(
        name,
        Goldens.doubles(found),
        goldens.array(golden.get("file").asText(), golden.get("array").asText()).doubles(),
        tolerance(golden));
  }

  /** As for the networks' goldens; fifty gradients meet a ReLU that rounding turns more often. */
  private static double tolerance(JsonNode golden) {
    double itself = Math.max(golden.get("distance64").asDouble(), golden.path("jitter").asDouble());
    return Math.max(1e-4, 2 * itself);
  }

  private static CamMethod cam(String method) {
    return switch (method) {
      case "cam" -> new Cam();
      case "gradcam++" -> new GradCamPlusPlus();
      case "xgradcam" -> new XGradCam();
      case "layercam" -> new LayerCam();
      case "eigencam" -> new EigenCam();
      case "scorecam" -> new ScoreCam();
      case "ablation-cam" -> new AblationCam();
      default -> null;
    };
  }

  /** In RGB order, and only the places that the golden holds. */
  private float[] attribution(JsonNode golden, String method, Model model, Subject subject) {
    Attributor.Attributed found =
        switch (method) {
          case "gradient-x-input" -> new GradientTimesInput().of(subject, QUIET);
          case "guided-gradcam" ->
              new GuidedGradCam(golden.get("layer").asText()).of(subject, QUIET);
          case "integrated-gradients" -> integrated(golden, model, subject);
          case "occlusion" ->
              new Occlusion(
                      golden.get("window").get(0).asInt(),
                      golden.get("stride").get(0).asInt(),
                      new float[subject.input().length])
                  .of(subject, QUIET);
          case "smoothgrad" -> smooth(golden, SmoothGrad.Form.MEAN, subject);
          case "smoothgrad-squared" -> smooth(golden, SmoothGrad.Form.SQUARED, subject);
          case "smoothgrad-variance" -> smooth(golden, SmoothGrad.Form.VARIANCE, subject);
          default -> throw new AssertionError("no method is called " + method);
        };
    float[] rgb = model.preprocessing().gradientToRgb(found.map());
    int channels = method.equals("occlusion") ? 1 : 3; // its three are the same
    int every = golden.path("every").asInt(1);
    int h = (subject.height() + every - 1) / every;
    int w = (subject.width() + every - 1) / every;
    float[] kept = new float[h * w * channels];
    for (int i = 0; i < kept.length; i++) {
      int y = i / channels / w * every;
      int x = i / channels % w * every;
      kept[i] = rgb[(y * subject.width() + x) * 3 + i % channels];
    }
    return kept;
  }

  private Attributor.Attributed integrated(JsonNode golden, Model model, Subject subject) {
    String name = golden.get("baseline").asText();
    Picture size = Picture.of(subject.height(), subject.width(), new byte[subject.input().length]);
    float[] baseline =
        switch (name) {
          case "zero" -> Baseline.MEAN.of(size, model.preprocessing());
          case "black", "white" ->
              Baseline.valueOf(name.toUpperCase(Locale.ROOT)).of(size, model.preprocessing());
          default ->
              Goldens.preprocessed(
                  model,
                  goldens
                      .array(golden.get("file").asText(), "integrated-gradients-baseline")
                      .floats());
        };
    Attributor.Attributed found =
        new IntegratedGradients(golden.get("steps").asInt(), baseline).of(subject, QUIET);
    double logit = golden.get("logit").asDouble();
    double gap = golden.get("gap").asDouble();
    assertThat(found.value()).isCloseTo(logit, within(1e-4 * logit));
    assertThat(found.figures().get("atBaseline"))
        .isCloseTo(golden.get("baselineLogit").asDouble(), within(1e-4 * logit));
    double rounding = Math.max(1e-3, 2 * Math.abs(gap - golden.get("gap32").asDouble()));
    assertThat(found.figures().get("gap")).isCloseTo(gap, within(rounding * logit));
    return found;
  }

  private Attributor.Attributed smooth(JsonNode golden, SmoothGrad.Form form, Subject subject) {
    float[] noise =
        goldens.array(golden.get("file").asText(), golden.get("noise").asText()).floats();
    int each = subject.input().length;
    SmoothGrad method =
        new SmoothGrad(golden.get("samples").asInt(), golden.get("share").asDouble(), form, 0);
    return method.of(
        subject,
        (k, batch, offset) -> System.arraycopy(noise, k * each, batch, offset, each),
        QUIET);
  }
}
