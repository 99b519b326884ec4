package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.network;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PredictCommandTest {
  @TempDir Path folder;

  @Test
  void eachPhotographHasItsTopClasses() {
    String out = fine("predict", sample("cat"), sample("coffee"), "--top", 2).out();

    assertThat(out.lines())
        .containsExactly(
            sample("cat").toString(),
            "    81.51 %  Egyptian cat (285, n02124075)",
            "     9.16 %  tiger cat (282, n02123159)",
            sample("coffee").toString(),
            "    98.43 %  espresso (967, n07920052)",
            "     0.54 %  cup (968, n07930864)");
  }

  @Test
  void theJsonHasTheFormThatIsPromised() {
    JsonNode all = fine("predict", sample("cat"), sample("coffee"), "--top=3", "--json").json();

    assertThat(all).hasSize(2);
    assertThat(all.get(0).get("image").textValue()).isEqualTo(sample("cat").toString());
    assertThat(all.get(0).get("top")).hasSize(3);
    JsonNode first = all.get(0).get("top").get(0);
    assertThat(first.fieldNames())
        .toIterable()
        .containsExactly("index", "wordnet", "name", "probability", "logit");
    assertThat(first.get("index").intValue()).isEqualTo(285);
    assertThat(first.get("wordnet").textValue()).isEqualTo("n02124075");
    assertThat(first.get("name").textValue()).isEqualTo("Egyptian_cat");
    assertThat(first.get("probability").doubleValue()).isCloseTo(0.8151, within(1e-3));
    assertThat(first.get("logit").doubleValue())
        .isGreaterThan(all.get(0).get("top").get(1).get("logit").doubleValue());
  }

  @Test
  void moreClassesThanThereAreIsAllOfThem() {
    JsonNode top =
        fine("predict", sample("cat"), "--model", "tiny_vgg", "--top", 99, "--json").json();

    assertThat(top.get(0).get("top")).hasSize(10);
  }

  @Test
  void rawWritesTheLogits() {
    fine("predict", sample("cat"), sample("coffee"), "--raw", "--out", folder);

    Npy logits = Npy.read(folder.resolve("cat-logits.npy"));
    assertThat(logits.shape()).containsExactly(1000);
    JsonNode first = fine("predict", sample("cat"), "--json").json().get(0).get("top").get(0);
    assertThat((double) logits.floats()[285])
        .isCloseTo(first.get("logit").doubleValue(), within(1e-4));
    assertThat(Console.files(folder)).containsExactly("cat-logits.npy", "coffee-logits.npy");
  }

  @Test
  void withoutRawNothingIsWritten() {
    fine("predict", sample("cat"), "--model", "tiny_vgg", "--out", folder.resolve("none"));

    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void photographsOfOneNameDoNotOverwriteEachOther() throws IOException {
    Path other = Files.copy(sample("coffee"), folder.resolve("cat.png"));

    assertThat(refused(2, "predict", sample("cat"), other, "--raw", "--out", folder))
        .contains("would both become cat-logits.npy");
    fine("predict", sample("cat"), other, "--model", "tiny_vgg");
  }

  @Test
  void aNetworkWithoutSoftmaxHasNoProbabilities() {
    JsonNode top =
        fine(
                "predict",
                sample("cat"),
                "--json",
                "--preprocess=unit",
                "--model",
                network("any_size", folder))
            .json()
            .get(0)
            .get("top");

    assertThat(top.get(0).get("probability").isNull()).isTrue();
    assertThat(top.get(0).get("wordnet").isNull()).isTrue();
    assertThat(top.get(0).get("name").textValue()).isEqualTo("class_0");
    JsonNode expected = json(resource("expected.json")).get("any_size");
    for (JsonNode row : top) {
      assertThat(row.get("logit").doubleValue())
          .as("logit of %s, at the photograph's own size", row.get("name"))
          .isCloseTo(expected.get(row.get("index").intValue()).doubleValue(), within(1e-6));
    }
  }

  @Test
  void oneSigmoidIsTwoClasses() {
    JsonNode top =
        fine(
                "predict",
                sample("cat"),
                "--json",
                "--preprocess=unit",
                "--model",
                network("one_sigmoid", folder))
            .json()
            .get(0)
            .get("top");

    double one = json(resource("expected.json")).get("one_sigmoid").get(0).doubleValue();
    assertThat(top).hasSize(2);
    assertThat(top.get(0).get("index").intValue()).isEqualTo(1);
    assertThat(top.get(0).get("probability").doubleValue()).isCloseTo(one, within(1e-6));
    assertThat(top.get(1).get("probability").doubleValue()).isCloseTo(1 - one, within(1e-6));
    double logit = Math.log(one / (1 - one));
    assertThat(top.get(0).get("logit").doubleValue()).isCloseTo(logit, within(1e-5));
    assertThat(top.get(1).get("logit").doubleValue()).isCloseTo(-logit, within(1e-5));
  }

  @Test
  void oneNumberIsOneClassAndNoProbability() {
    JsonNode top =
        fine(
                "predict",
                sample("cat"),
                "--json",
                "--preprocess=unit",
                "--model",
                network("one_number", folder))
            .json()
            .get(0)
            .get("top");

    double number = json(resource("expected.json")).get("one_number").get(0).doubleValue();
    assertThat(top).hasSize(1);
    assertThat(top.get(0).get("logit").doubleValue()).isCloseTo(number, within(1e-6));
    assertThat(top.get(0).get("probability").isNull()).isTrue();
  }

  @Test
  void theReferenceBackendTellsATerminalThatItIsSlow() {
    Object[] command = {"predict", sample("coffee"), "--model=tiny_vgg", "--device=reference"};
    String answer = fine(command).out();
    System.setProperty("vitrine.terminal", "true");
    try {
      Console console = Console.run(command);
      assertThat(console.err().lines())
          .singleElement()
          .asString()
          .startsWith("vitrine: the reference backend is slow");
      assertThat(console.out()).isEqualTo(answer).contains("63.53 %  espresso (6)");
    } finally {
      System.clearProperty("vitrine.terminal");
    }
  }

  @Test
  void theWaysToResizeDiffer() {
    String[] ways = {"bilinear", "bicubic", "nearest", "crop"};
    double[] logits = new double[ways.length];
    for (int i = 0; i < ways.length; i++) {
      logits[i] =
          fine("predict", sample("coffee"), "--model=tiny_vgg", "--json", "--resize", ways[i])
              .json()
              .get(0)
              .get("top")
              .get(0)
              .get("logit")
              .doubleValue();
    }

    assertThat(logits).doesNotHaveDuplicates();
    assertThat(fine("predict", sample("coffee"), "--model=tiny_vgg", "--json").json().toString())
        .as("bilinear is the default")
        .contains("\"logit\":" + logits[0]);
  }

  private static Path resource(String name) {
    return Path.of(
        System.getProperty("basedir", "."), "src/test/resources/dev/vitrine/viz/cli", name);
  }

  @Test
  void thePlotShowsAllProbabilitiesAndNamesThePeaks() throws Exception {
    fine("predict", sample("cat"), "--plot", "-o", folder);

    assertThat(Console.files(folder))
        .containsExactly("cat-probabilities.json", "cat-probabilities.svg");
    String svg = Files.readString(folder.resolve("cat-probabilities.svg"));
    assertThat(svg).contains("Egyptian cat 81.5 %", "probability");
    assertThat(svg.split("<line x1=")).as("a line for each class").hasSizeGreaterThan(1000);
    JsonNode record = Console.json(folder.resolve("cat-probabilities.json"));
    double sum = 0;
    for (JsonNode probability : record.get("probabilities")) {
      sum += probability.doubleValue();
    }
    assertThat(record.get("probabilities")).hasSize(1000);
    assertThat(sum).isCloseTo(1, within(1e-4));
  }
}
