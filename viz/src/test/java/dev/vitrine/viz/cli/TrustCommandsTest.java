package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
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
                "--method=gradient",
                "--method=gradcam",
                "--json",
                "-o",
                folder)
            .json();

    JsonNode gradient = record.get("results").get(0);
    assertThat(gradient.get("method").textValue()).isEqualTo("gradient");
    JsonNode correlations = gradient.get("correlations");
    assertThat(correlations.get("as learned").doubleValue()).isCloseTo(1, within(1e-9));
    assertThat(correlations).hasSize(6); // four convolutions and a dense layer
    assertThat(gradient.get("passes").booleanValue()).isTrue();
    assertThat(Console.files(folder))
        .containsExactly(
            "coffee-sanity-gradcam.json",
            "coffee-sanity-gradcam.png",
            "coffee-sanity-gradient.json",
            "coffee-sanity-gradient.png",
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

  @Test
  void aMethodThatIsNotKnownListsThoseOfBothCommands() {
    assertThat(refused(2, "sanity", sample("cat"), "--method=magic", "-o", folder))
        .contains("gradient-x-input", "layercam");
    assertThat(refused(2, "faithfulness", sample("cat"), "--radius=0", "-o", folder))
        .contains("--radius");
    assertThat(Console.files(folder)).isEmpty();
  }
}
