package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustCommandsTest {
  @TempDir Path folder;

  @Test
  void sanityTellsMethodsThatKnowTheNetworkFromThoseThatDoNot() throws Exception {
    JsonNode record =
        fine(
                "sanity",
                sample("coffee"),
                "--model=tiny_vgg",
                "--method=gradcam",
                "--method=sobel",
                "--draws=2",
                "--json",
                "-o",
                folder)
            .json();

    JsonNode gradcam = record.get("results").get(0);
    assertThat(gradcam.get("method").textValue()).isEqualTo("gradcam");
    JsonNode correlations = gradcam.get("correlations");
    assertThat(correlations.get("as learned").doubleValue()).isCloseTo(1, within(1e-9));
    assertThat(correlations).hasSize(6); // four convolutions and a dense layer
    assertThat(gradcam.get("drawn")).hasSize(2);
    assertThat(gradcam.get("drawn").get(0)).isEqualTo(correlations.get("conv_1_1"));
    assertThat(gradcam.get("passes").booleanValue()).isTrue();
    JsonNode sobel = record.get("results").get(1);
    sobel.get("correlations").forEach(r -> assertThat(r.doubleValue()).isCloseTo(1, within(1e-9)));
    assertThat(sobel.get("passes").booleanValue()).isFalse();
    assertThat(Console.files(folder))
        .containsExactly(
            "coffee-sanity-gradcam.json",
            "coffee-sanity-gradcam.png",
            "coffee-sanity-sobel.json",
            "coffee-sanity-sobel.png",
            "coffee-sanity.json",
            "coffee-sanity.svg");
    assertThat(Files.readString(folder.resolve("coffee-sanity.svg")))
        .contains("gradcam</text>", "as learned", "Rank correlation");
  }

  @Test
  void faithfulnessPlotsCurvesThatBeginAndEndWhereTheyMust() throws Exception {
    JsonNode record =
        fine(
                "faithfulness",
                sample("coffee"),
                "--model=tiny_vgg",
                "--method=occlusion",
                "--steps=16",
                "--samples=2",
                "--json",
                "-o",
                folder)
            .json();

    JsonNode one = record.get("results").get(0);
    double whole =
        fine("predict", sample("coffee"), "--model=tiny_vgg", "--json", "-o", folder)
            .json()
            .get(0)
            .get("top")
            .get(0)
            .get("probability")
            .doubleValue();
    assertThat(one.get("deletion")).hasSize(17);
    assertThat(one.get("deletion").get(0).doubleValue()).isCloseTo(whole, within(1e-5));
    assertThat(one.get("insertion").get(16).doubleValue()).isCloseTo(whole, within(1e-5));
    assertThat(one.get("deletionArea").doubleValue()).isBetween(0.0, whole);
    assertThat(one.get("sensitivity").doubleValue()).isPositive();
    assertThat(Files.readString(folder.resolve("coffee-deletion.svg")))
        .contains("Probability of espresso", "100 %");
  }

  /** Every number on the page is made by the commands that stand there. */
  @Test
  void theTablesOfThePageHaveTheHeadAndTheMethodsThatTheCommandsPrint() throws Exception {
    String page = Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/trust.md"));
    for (String command : List.of("sanity", "faithfulness")) {
      assertThat(page).contains("./vitrine " + command + " viz/samples/cat.png");
      Object[] arguments = {
        command,
        sample("cat"),
        sample("coffee"),
        sample("astronaut"),
        "--model=tiny_vgg",
        "--method=all",
        "-o",
        folder
      };
      Console console = Console.run(arguments);
      assertThat(console.exit()).isZero();
      assertThat(console.err()).startsWith("vitrine: cam is left out: ");
      List<String> printed = rows(console.out());
      assertThat(Files.readString(folder.resolve(command + ".md")).lines().toList())
          .isEqualTo(printed);
      List<String> shown = rows(page.substring(page.indexOf(printed.get(0))).split("\n\n", 2)[0]);
      assertThat(shown.subList(0, 2)).isEqualTo(printed.subList(0, 2));
      List<String> methods = shown.stream().map(TrustCommandsTest::method).toList();
      assertThat(methods)
          .contains("cam")
          .containsAll(printed.stream().map(TrustCommandsTest::method).toList());
      assertThat(shown).hasSize(printed.size() + 1); // the built-in default has a cam, too
      assertThat(shown)
          .allSatisfy(row -> assertThat(row.split("\\|")).hasSameSizeAs(shown.get(0).split("\\|")));
    }
  }

  private static List<String> rows(String text) {
    return text.lines().filter(line -> line.startsWith("|")).toList();
  }

  private static String method(String row) {
    return row.split("\\|")[1].strip();
  }

  @Test
  void severalPhotographsAreSummedUp() {
    JsonNode record =
        fine(
                "sanity",
                sample("cat"),
                sample("coffee"),
                "--model=tiny_vgg",
                "--method=gradcam",
                "--method=random",
                "--stages=2",
                "--draws=1",
                "--json",
                "-o",
                folder)
            .json();
    assertThat(record.get("photographs")).hasSize(2);
    double mean = 0;
    for (JsonNode photograph : record.get("photographs")) {
      mean += photograph.get("results").get(0).get("correlation").doubleValue() / 2;
      assertThat(photograph.get("results").get(0).get("correlations")).hasSize(3);
    }
    JsonNode gradcam = record.get("methods").get(0);
    assertThat(gradcam.get("correlation").doubleValue()).isCloseTo(mean, within(1e-9));
    JsonNode random = record.get("methods").get(1);
    assertThat(random.get("anotherPhotograph").doubleValue()).isCloseTo(1, within(1e-9));
    assertThat(random.get("passes").booleanValue()).isFalse();
    assertThat(folder.resolve("sanity.md")).exists();
    assertThat(folder.resolve("sanity.json")).exists();
    assertThat(refused(2, "sanity", sample("cat"), sample("cat"), "-o", folder))
        .contains("would both become cat-sanity.json");
  }

  @Test
  void theDeconvnetIsThatOfTheStrongestUnit() {
    JsonNode record =
        fine(
                "faithfulness",
                sample("coffee"),
                "--model=tiny_vgg",
                "--method=gradient",
                "--method=deconvnet",
                "--steps=4",
                "--samples=1",
                "--json",
                "-o",
                folder)
            .json();
    JsonNode deconvnet = record.get("results").get(1);
    assertThat(deconvnet.get("target").get("name").textValue()).startsWith("relu_2_2:");
    assertThat(deconvnet.get("deletion").get(0).doubleValue()).isEqualTo(1);
    assertThat(record.get("results").get(0).has("target")).isFalse();
  }

  @Test
  void aMethodThatIsNotKnownListsThoseOfBothCommands() {
    assertThat(refused(2, "sanity", sample("cat"), "--method=magic", "-o", folder))
        .contains("gradient-x-input", "layercam", "sobel");
    assertThat(refused(2, "sanity", sample("cat"), "--draws=0", "-o", folder))
        .contains("--draws is 0");
    assertThat(refused(2, "faithfulness", sample("cat"), "--radius=0", "-o", folder))
        .contains("--radius");
    assertThat(Console.files(folder)).isEmpty();
  }
}
