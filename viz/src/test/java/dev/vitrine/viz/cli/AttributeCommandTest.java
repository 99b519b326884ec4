package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.network;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AttributeCommandTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"285", "n02124075", " Egyptian-cat"})
  void aClassGoesByNumberWordNetIdOrName(String name) {
    JsonNode record =
        fine("attribute", sample("cat"), "--class", name, "--json", "-o", folder).json();

    assertThat(record.get("target").get("class").intValue()).isEqualTo(285);
    assertThat(record.get("target").get("wordnet").textValue()).isEqualTo("n02124075");
    assertThat(record.get("value").doubleValue()).isCloseTo(19.517, within(1e-2));
  }

  @Test
  void aNameOfTwoClassesListsBoth() {
    assertThat(refused(1, "attribute", sample("cat"), "--class", "crane", "-o", folder))
        .contains("not unique", "134 n02012849 crane", "517 n03126707 crane");
    assertThat(Console.files(folder)).isEmpty();
  }

  @Test
  void aNameThatIsNotKnownListsTheNearest() {
    assertThat(refused(1, "attribute", sample("cat"), "--class", "egyptian_ct", "-o", folder))
        .contains("no such class", "285 n02124075 Egyptian_cat");
  }

  @ParameterizedTest
  @EnumSource(ReluRule.class)
  void rawIsTheGradientAtThePreprocessedPixelsInTheOrderRgb(ReluRule rule) {
    String method = rule.name().toLowerCase(Locale.ROOT);
    fine(
        "attribute",
        sample("cat"),
        "--method",
        method,
        "--unit=fire9_concat:489@5,4",
        "--raw",
        "-o",
        folder);

    Npy raw = Npy.read(folder.resolve("cat-" + method + ".npy"));
    assertThat(raw.shape()).containsExactly(227, 227, 3);
    float[] bgr = gradient(rule, "fire9_concat", (5 * 13 + 4) * 512 + 489);
    float[] rgb = raw.floats();
    assertThat(bgr).hasSameSizeAs(rgb);
    double largest = 0;
    double error = 0;
    for (int i = 0; i < rgb.length; i++) {
      float expected = bgr[i - i % 3 + 2 - i % 3];
      largest = Math.max(largest, Math.abs(expected));
      error = Math.max(error, Math.abs(rgb[i] - expected));
    }
    assertThat(largest).isPositive();
    assertThat(error).isLessThan(1e-5 * largest);
  }

  /** The gradient as the engine has it, in the network's order, which is BGR. */
  private static float[] gradient(ReluRule rule, String layer, int seeded) {
    try (Backend backend = Backends.open("auto", false, notice -> {});
        Model model = Models.open("squeezenet", backend, Overrides.NONE);
        Scope scope = new Scope(backend)) {
      Picture picture = Resize.BILINEAR.apply(Picture.read(sample("cat")), 227, 227);
      Tensor x = scope.of(Shape.of(1, 227, 227, 3), model.preprocessing().apply(picture));
      try (Run run = model.network().forward(x, Listen.to(layer).withGradients())) {
        Tensor y = run.output(layer);
        float[] seed = new float[(int) y.shape().size()];
        seed[seeded] = 1;
        return run.backward(Map.of(y, scope.of(y.shape(), seed)), List.of(x), rule)
            .at(x)
            .toFloats();
      }
    }
  }

  @Test
  void aUnitIsAMeanAPositionOrTheMaximum() {
    JsonNode mean = unit("conv_2_2:3");
    JsonNode max = unit("conv_2_2:3@max");
    String resolved = max.get("target").get("name").textValue();
    JsonNode position = unit(resolved);

    assertThat(mean.get("target").get("name").textValue()).isEqualTo("conv_2_2:3");
    assertThat(resolved).matches("conv_2_2:3@\\d+,\\d+");
    assertThat(position.get("value")).isEqualTo(max.get("value"));
    assertThat(max.get("value").doubleValue()).isGreaterThan(mean.get("value").doubleValue());
  }

  private JsonNode unit(String unit) {
    return fine(
            "attribute",
            sample("coffee"),
            "--model=tiny_vgg",
            "--unit",
            unit,
            "--json",
            "-o",
            folder)
        .json();
  }

  @Test
  void aProbabilityIsExplainedWhenAskedFor() {
    JsonNode logit = target("logit");
    JsonNode probability = target("probability");

    assertThat(probability.get("value").doubleValue()).isBetween(0.0, 1.0);
    assertThat(probability.get("target").get("layer"))
        .isNotEqualTo(logit.get("target").get("layer"));
    assertThat(probability.get("value")).isNotEqualTo(logit.get("value"));
  }

  private JsonNode target(String target) {
    return fine(
            "attribute",
            sample("coffee"),
            "--model=tiny_vgg",
            "--class=espresso",
            "--target",
            target,
            "--json",
            "-o",
            folder)
        .json();
  }

  @Test
  void theTwoClassesOfASigmoidHaveOppositeGradients() {
    Path model = network("one_sigmoid", folder);
    float[][] gradients = new float[2][];
    for (int c = 0; c < 2; c++) {
      fine(
          "attribute",
          sample("cat"),
          "--class=" + c,
          "--raw",
          "--preprocess=unit",
          "--model",
          model,
          "-o",
          folder);
      gradients[c] = Npy.read(folder.resolve("cat-gradient.npy")).floats();
    }

    float most = 0;
    for (int i = 0; i < 16 * 16 * 3; i++) {
      gradients[0][i] = 0 - gradients[0][i];
      gradients[1][i] = 0 + gradients[1][i]; // a zero has no sign here
      most = Math.max(most, gradients[1][i]);
    }
    assertThat(gradients[0]).isEqualTo(gradients[1]);
    assertThat(most).isPositive();
  }

  @Test
  void aNetworkWithoutProbabilitiesSaysSo() {
    String said =
        refused(
            1,
            "attribute",
            sample("cat"),
            "--target=probability",
            "--preprocess=unit",
            "--model",
            network("any_size", folder));

    assertThat(said).contains("any_size has no probabilities", "leave --target probability out");
  }

  @Test
  void theDeconvnetTakesTheStrongestUnitUnlessTold() {
    JsonNode record =
        fine("attribute", sample("cat"), "--method=deconvnet", "--json", "-o", folder).json();

    assertThat(record.get("target").get("name").textValue()).isEqualTo("fire9_concat:489@5,4");
    assertThat(record.get("allZero").booleanValue()).isFalse();
  }

  @Test
  void aMapOfZerosIsReported() {
    Console console =
        Console.run("attribute", sample("cat"), "--method=deconvnet", "--class=285", "-o", folder);

    assertThat(console.exit()).isZero();
    assertThat(console.err())
        .startsWith("vitrine: deconvnet of Egyptian_cat is zero at every pixel")
        .contains("--unit LAYER:CHANNEL@max");
  }

  @Test
  void theRecordSaysWhatItTakesToMakeThePictureAgain() {
    fine(
        "attribute",
        sample("coffee"),
        "--model",
        "tiny_vgg",
        "--class=6",
        "-o",
        folder,
        "--seed=3");

    JsonNode record = json(folder.resolve("coffee-gradient.json"));
    assertThat(record.get("command").toString())
        .startsWith(
            "[\"vitrine\",\"attribute\",\"" + sample("coffee") + "\",\"--model\",\"tiny_vgg\"");
    assertThat(record.get("version").textValue()).isNotBlank();
    assertThat(record.get("seed").intValue()).isEqualTo(3);
    assertThat(record.get("model").get("name").textValue()).isEqualTo("tiny_vgg");
    assertThat(record.get("model").get("sha256").textValue())
        .isEqualTo("a32eb0c3777752ae1788ab5c8acccc5546627ecb19a25b661b27bf522a154b39");
    assertThat(record.get("model").get("preprocessing").textValue()).isEqualTo("unit");
    JsonNode parameters = record.get("parameters");
    assertThat(parameters.get("model").textValue()).isEqualTo("tiny_vgg");
    assertThat(parameters.get("method").textValue()).isEqualTo("gradient");
    assertThat(parameters.get("class").get(0).textValue()).isEqualTo("6");
    assertThat(parameters.get("resize").textValue()).isEqualTo("bilinear");
    assertThat(parameters.get("target").textValue()).isEqualTo("logit");
    assertThat(record.get("target").get("name").textValue()).isEqualTo("espresso");
  }

  @ParameterizedTest
  @CsvSource({"bilinear,600,400", "crop,400,400"})
  void thePictureHasTheProportionsOfWhatTheNetworkSaw(String resize, int width, int height) {
    fine("attribute", sample("coffee"), "--model=tiny_vgg", "--resize", resize, "-o", folder);

    Picture picture = Picture.read(folder.resolve("coffee-gradient.png"));
    assertThat(picture.width()).isEqualTo(width);
    assertThat(picture.height()).isEqualTo(height);
  }

  @Test
  void anotherPreprocessingIsAnotherAnswer() {
    JsonNode own = fine("predict", sample("coffee"), "--model=tiny_vgg", "--json").json();
    JsonNode other =
        fine("predict", sample("coffee"), "--model=tiny_vgg", "--preprocess=tf", "--json").json();
    JsonNode same =
        fine("predict", sample("coffee"), "--model=tiny_vgg", "--preprocess=scale=1/255", "--json")
            .json();

    assertThat(other.get(0).get("top")).isNotEqualTo(own.get(0).get("top"));
    assertThat(same.get(0).get("top")).isEqualTo(own.get(0).get("top"));
  }

  @Test
  void labelsOfOnesOwnNameTheClasses() throws IOException {
    Path labels = Files.writeString(folder.resolve("two.txt"), "nothing\nsomething\n");
    Path model = network("one_sigmoid", folder);

    assertThat(
            fine(
                    "predict",
                    sample("cat"),
                    "--preprocess=unit",
                    "--labels",
                    labels,
                    "--model",
                    model)
                .out())
        .contains("50.96 %  something (1)");
    assertThat(refused(1, "predict", sample("cat"), "--labels", labels, "--model=tiny_vgg"))
        .contains("names 2 classes, the network has 10");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gradient-x-input",
        "smoothgrad",
        "integrated-gradients",
        "guided-gradcam",
        "occlusion"
      })
  void everyMethodWritesAPictureItsRecordAndNumbers(String method) {
    List<String> words =
        new ArrayList<>(
            List.of("attribute", sample("cat").toString(), "--model=tiny_vgg", "--method", method));
    words.addAll(List.of("--raw", "--json", "-o", folder.toString()));
    JsonNode record = fine(words.toArray()).json();

    assertThat(record.get("method").textValue()).isEqualTo(method);
    assertThat(record.get("allZero").booleanValue()).isFalse();
    assertThat(Npy.read(folder.resolve("cat-" + method + ".npy")).shape())
        .containsExactly(64, 64, 3);
    assertThat(folder.resolve("cat-" + method + ".png")).isNotEmptyFile();
    if (method.equals("integrated-gradients")) {
      double score = record.get("value").doubleValue() - record.get("atBaseline").doubleValue();
      assertThat(record.get("sum").doubleValue() + record.get("gap").doubleValue())
          .isCloseTo(score, within(1e-4));
      assertThat(Math.abs(record.get("gap").doubleValue())).isLessThan(0.05 * Math.abs(score));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--method=gradient --steps=3, --steps is not for gradient",
    "--method=smoothgrad --samples=0, must be 1 or more",
    "--method=smoothgrad --noise=-1, must be 0 or more",
    "--method=smoothgrad --form=cubed, 'can be mean, squared or variance'",
    "--method=occlusion --window=4 --stride=5, at most the square's 4",
    "--method=lime, 'known are gradient, gradient-x-input'",
  })
  void anOptionThatCannotBeIsWrongUsage(String options, String says) {
    List<Object> words = new ArrayList<>(List.of("attribute", sample("cat"), "-o", folder));
    words.addAll(List.of(options.split(" ")));
    assertThat(refused(2, words.toArray())).contains(says);
    assertThat(Console.files(folder)).isEmpty();
  }

  @Test
  void aBaselineMayBeAPictureAndOneThatIsMissingIsNamed() {
    fine(
        "attribute",
        sample("cat"),
        "--model=tiny_vgg",
        "--method=integrated-gradients",
        "--steps=2",
        "--baseline",
        sample("coffee"),
        "-o",
        folder);
    assertThat(
            refused(
                1,
                "attribute",
                sample("cat"),
                "--method=occlusion",
                "--baseline=nothing.png",
                "-o",
                folder))
        .contains("nothing.png", "mean, black, white or blur");
  }

  @Test
  void theStrongestUnitsAreProjectedOneByOne() {
    JsonNode record =
        fine(
                "attribute",
                sample("coffee"),
                "--model=tiny_vgg",
                "--method=deconvnet",
                "--unit=relu_1_2:4@top9",
                "--raw",
                "--json",
                "-o",
                folder)
            .json();

    Engine.Output maps = Engine.output("tiny_vgg", sample("coffee"), "relu_1_2");
    JsonNode units = record.get("units");
    assertThat(units).hasSize(9);
    double largest = 0;
    for (int p = 0; p < maps.h() * maps.w(); p++) {
      largest = Math.max(largest, maps.values()[p * 10 + 4]);
    }
    assertThat(units.get(0).get("value").doubleValue()).isCloseTo(largest, within(1e-4));
    Npy raw = Npy.read(folder.resolve("coffee-deconvnet.npy"));
    assertThat(raw.shape()).containsExactly(9, 64, 64, 3);
    float[] all = raw.floats();
    for (int k = 0; k < 9; k++) {
      int y = units.get(k).get("y").intValue();
      int x = units.get(k).get("x").intValue();
      assertThat((double) maps.at(y, x, 4))
          .isCloseTo(units.get(k).get("value").doubleValue(), within(1e-4));
      for (int other = 0; other < k; other++) {
        // Each sees five pixels square.
        int down = Math.abs(y - units.get(other).get("y").intValue());
        int right = Math.abs(x - units.get(other).get("x").intValue());
        assertThat(Math.max(down, right)).isGreaterThanOrEqualTo(5);
      }
      float[] expected =
          Engine.gradient(
              ReluRule.DECONVNET,
              "tiny_vgg",
              sample("coffee"),
              "relu_1_2",
              (y * maps.w() + x) * 10 + 4);
      for (int i = 0; i < expected.length; i++) {
        assertThat(all[k * expected.length + i]).isCloseTo(expected[i], within(1e-5f));
      }
    }
    Picture grid = Picture.read(folder.resolve("coffee-deconvnet.png"));
    assertThat(List.of(grid.height(), grid.width()))
        .containsExactly(3 * 144 + 2 * 4, 6 * 144 + 5 * 4);
  }

  @Test
  void fewerUnitsThanAskedForAreSaidToBeFewer() {
    Console said =
        Console.run(
            "attribute",
            sample("cat"),
            "--unit=fire9_concat:489@top9",
            "--method=guided",
            "-o",
            folder);

    assertThat(said.exit()).isZero();
    assertThat(said.err()).contains("of 9 units");
  }
}
