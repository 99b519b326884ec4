package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the cheapest layer there is, at the published sizes, with one or two steps in each. */
final class MaximizeCommandTest {
  private static final String TINY = "--model=tiny_vgg";
  private static final String BRIEF = "--steps=2";

  @TempDir Path folder;

  @Test
  void everyChannelIsWrittenWithItsNumbersAndAllInAGrid() {
    Console console =
        fine(
            "maximize",
            TINY,
            BRIEF,
            "--layer",
            "relu_1_1",
            "--channels",
            "2,0",
            "--raw",
            "-o",
            folder);

    assertThat(Console.files(folder))
        .containsExactly(
            "relu_1_1-0.json",
            "relu_1_1-0.npy",
            "relu_1_1-0.png",
            "relu_1_1-2.json",
            "relu_1_1-2.npy",
            "relu_1_1-2.png",
            "relu_1_1-grid.json",
            "relu_1_1-grid.png");
    assertThat(console.out().lines()).hasSize(3);
    assertThat(console.out()).contains("relu_1_1:2: mean of conv_1_1:2 from ", "2 pictures");
    Npy raw = Npy.read(folder.resolve("relu_1_1-0.npy"));
    assertThat(raw.shape()).containsExactly(408, 408, 3);
    Picture picture = Picture.read(folder.resolve("relu_1_1-0.png"));
    assertThat(picture.height()).isEqualTo(408);
    float[] pixels = picture.toFloats();
    float[] colors = raw.floats();
    assertThat(IntStream.range(0, pixels.length)).allMatch(i -> colors[i] >= 0 && colors[i] <= 1);
    assertThat(IntStream.range(0, pixels.length))
        .allMatch(i -> Math.abs(pixels[i] - 255 * colors[i]) <= 0.51);
    Picture grid = Picture.read(folder.resolve("relu_1_1-grid.png"));
    assertThat(grid.width()).isEqualTo(2 * 204 + 4);
    assertThat(grid.height()).isEqualTo(204);
    assertThat(json(folder.resolve("relu_1_1-grid.json")).get("pictures").get(0).asText())
        .isEqualTo("relu_1_1-0.png");

    JsonNode record = json(folder.resolve("relu_1_1-0.json"));
    assertThat(record.get("layer").asText()).isEqualTo("relu_1_1");
    assertThat(record.get("channel").asInt()).isZero();
    assertThat(record.get("maximized").get("layer").asText()).isEqualTo("conv_1_1");
    assertThat(record.get("seed").asLong()).isZero();
    assertThat(record.get("sizes")).hasSize(12);
    assertThat(record.get("settings").get("steps").asInt()).isEqualTo(2);
    assertThat(record.get("activationAfterRound")).hasSize(12);
    assertThat(record.get("activationAfterRound").get(11).asDouble())
        .isGreaterThan(record.get("activationAtStart").asDouble());
    assertThat(record.get("dead").asBoolean()).isFalse();
  }

  @Test
  void theSameRunGivesTheSameFileWhateverElseIsAskedFor() throws IOException {
    Path alone = folder.resolve("alone");
    Path beside = folder.resolve("beside");
    fine("maximize", TINY, BRIEF, "--layer", "conv_1_1", "--channel", 1, "-o", alone);
    fine("maximize", TINY, BRIEF, "--layer", "conv_1_1", "--channels", "0-1", "-o", beside);

    assertThat(Files.readAllBytes(alone.resolve("conv_1_1-1.png")))
        .isEqualTo(Files.readAllBytes(beside.resolve("conv_1_1-1.png")));
  }

  @Test
  void theRecordsAreTheResultAsJson() {
    Console console =
        fine(
            "maximize", TINY, BRIEF, "--layer", "conv_1_1", "--channel", 3, "--json", "-o", folder);

    assertThat(console.json()).hasSize(1);
    assertThat(console.json().get(0).get("channel").asInt()).isEqualTo(3);
    assertThat(console.json().get(0).get("picture").asText()).endsWith("conv_1_1-3.png");
    assertThat(Console.files(folder)).containsExactly("conv_1_1-3.json", "conv_1_1-3.png");
  }

  @Test
  void batchesAreCutToTheMemoryAndNothingLivesAtTheEnd() {
    WatchedProvider.OPENED.clear();
    WatchedProvider.memoryBudget = 1;
    try {
      fine(
          "maximize",
          TINY,
          BRIEF,
          "--device=watched",
          "--layer=conv_1_1",
          "--channels=0-1",
          "--batch=2",
          "-o",
          folder);
    } finally {
      WatchedProvider.memoryBudget = 0;
    }
    assertThat(WatchedProvider.OPENED)
        .singleElement()
        .satisfies(
            watch -> {
              // One image of 408x408 with map, gradients and moments; two would be twice that.
              assertThat(watch.mostLiveBytes).isBetween(10_000_000L, 45_000_000L);
              assertThat(watch.liveBytesAtClose).isZero();
            });
  }

  @Test
  void aClassWhoseScoreNeedsOneSizeIsRefused() {
    assertThat(refused(1, "maximize", TINY, "--class", "pizza", "-o", folder))
        .contains("output.pre takes no images of different sizes", "--layer");
    assertThat(Console.files(folder)).isEmpty();
  }

  @Test
  void aClassOfANetworkForOneSizeIsMaximizedByPresetsOfOneRound() {
    for (String preset : new String[] {"chollet", "lucid"}) {
      Console console =
          fine(
              "maximize",
              TINY,
              "--preset=" + preset,
              "--steps=3",
              "--class=pizza",
              "--json",
              "-o",
              folder);
      JsonNode record = console.json().get(0);
      assertThat(record.get("method").asText()).isEqualTo(preset);
      assertThat(record.get("activationAfterRound").get(0).asDouble())
          .isGreaterThan(record.get("activationAtStart").asDouble());
    }
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThat(refused(1, "maximize", TINY, "--layer", "conv_1", "-o", folder))
        .contains("conv_1_1");
    assertThat(refused(1, "maximize", TINY, "--layer=conv_1_1", "--channel=10", "-o", folder))
        .contains("layer conv_1_1 has no channel 10: it has 0 to 9");
    assertThat(refused(1, "maximize", TINY, "--class", "pizzza", "-o", folder)).contains("pizza");
    assertThat(Console.files(folder)).isEmpty();
  }

  @Test
  void wrongUsageSaysWhatIsMissing() {
    assertThat(refused(2, "maximize", TINY)).contains("--layer NAME", "--class NAME");
    assertThat(refused(2, "maximize", TINY, "--channel=1", "--class=1")).contains("--layer");
    assertThat(refused(2, "maximize", "--preset=lucent", "--class=1"))
        .contains("known are graetz, chollet and lucid");
    assertThat(refused(2, "maximize", "--steps=0", "--class=1")).contains("--steps is 0");
    assertThat(refused(2, "maximize", "--batch=0", "--class=1")).contains("--batch is 0");
    assertThat(refused(2, "maximize", TINY, "--layer=conv_1_1", "--channels=3-1"))
        .contains("channels '3-1'");
  }
}
