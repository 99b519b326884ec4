package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
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
  void picturesOfTheSameSettingsAreKeptAndOthersMadeAgain() throws IOException {
    Object[] two = {"maximize", TINY, BRIEF, "--layer=conv_1_1", "--channels=0-1", "-o", folder};
    fine(two);
    Path kept = folder.resolve("conv_1_1-0.png");
    Path damaged = folder.resolve("conv_1_1-1.png");
    byte[] zero = Files.readAllBytes(kept);
    byte[] one = Files.readAllBytes(damaged);
    // As a killed run may leave it, and a sign that the other is not written again.
    Files.write(damaged, Arrays.copyOf(one, 100));
    FileTime longAgo = FileTime.fromMillis(0);
    Files.setLastModifiedTime(kept, longAgo);

    Console again =
        fine("maximize", TINY, BRIEF, "--layer=conv_1_1", "--channels=0-2", "--json", "-o", folder);

    assertThat(Files.getLastModifiedTime(kept)).isEqualTo(longAgo);
    assertThat(Files.readAllBytes(damaged)).isEqualTo(one);
    assertThat(again.json()).hasSize(3);
    assertThat(again.json().findValuesAsText("picture")).allMatch(p -> Files.exists(Path.of(p)));
    assertThat(json(folder.resolve("conv_1_1-grid.json")).get("pictures")).hasSize(3);

    fine("maximize", TINY, "--steps=3", "--layer=conv_1_1", "--channels=0", "-o", folder);
    assertThat(Files.readAllBytes(kept)).isNotEqualTo(zero);
    Console back = fine(two);
    assertThat(Files.readAllBytes(kept)).isEqualTo(zero);
    assertThat(back.out()).contains("conv_1_1:1: there already").doesNotContain("1:0: there");
  }

  @Test
  void aPictureWithoutItsRecordIsMadeAgain() throws IOException {
    Object[] run = {"maximize", TINY, BRIEF, "--layer=conv_1_1", "--channel=0", "-o", folder};
    fine(run);
    Files.delete(folder.resolve("conv_1_1-0.json"));
    assertThat(fine(run).out()).doesNotContain("there already");
    Files.writeString(folder.resolve("conv_1_1-0.json"), "[1, 2");
    assertThat(fine(run).out()).doesNotContain("there already");
    assertThat(fine(run).out()).contains("there already");
  }

  @Test
  void aNeuronIsMaximizedAtItsPlace() {
    float[] one = neuron("3,4");
    float[] other = neuron("20,9");
    int moved = 0;
    for (int i = 0; i < one.length; i++) {
      int y = i / 3 / 32;
      int x = i / 3 % 32;
      boolean seen =
          (y >= 3 && y <= 5 && x >= 4 && x <= 6) || (y >= 20 && y <= 22 && x >= 9 && x <= 11);
      boolean differs = one[i] != other[i];
      assertThat(differs && !seen).as("pixel %d,%d", y, x).isFalse();
      moved += differs ? 1 : 0;
    }
    assertThat(moved).isGreaterThan(2 * 9 * 2); // of 9 pixels of 3 colours each
  }

  private float[] neuron(String at) {
    JsonNode record =
        fine(
                "maximize",
                TINY,
                "--preset=chollet",
                "--image=pixels",
                "--size=32",
                "--steps=2",
                "--rate=0.1",
                "--layer=conv_1_1",
                "--channel=2",
                "--at=" + at,
                "--raw",
                "--json",
                "-o",
                folder)
            .json()
            .get(0);
    String name = "conv_1_1-2-" + at.replace(',', '-');
    assertThat(record.get("picture").asText()).endsWith(name + ".png");
    return Npy.read(folder.resolve(name + ".npy")).floats();
  }

  @Test
  void anyObjectiveIsMaximizedAndAnimated() throws IOException {
    JsonNode record =
        fine(
                "maximize",
                TINY,
                BRIEF,
                "--objective=relu_1_1:2 - 0.5*relu_1_1:3 - tv",
                "--animate",
                "--json",
                "-o",
                folder)
            .json()
            .get(0);
    assertThat(record.get("maximized").asText()).isEqualTo("conv_1_1:2 - 0.5 * conv_1_1:3 - tv");
    String name = "objective-relu_1_1-2-minus-0.5-relu_1_1-3-minus-tv";
    assertThat(Console.files(folder)).containsExactly(name + ".gif", name + ".json", name + ".png");
    assertThat(Files.readAllBytes(folder.resolve(name + ".gif")))
        .startsWith("GIF89a".getBytes(US_ASCII));
    assertThat(record.get("activationAfterRound").get(11).asDouble())
        .isGreaterThan(record.get("activationAtStart").asDouble());
  }

  @Test
  void examplesStartFromDifferentNoisesAndCanBeMadeToDiffer() {
    Console console =
        fine(
            "maximize",
            TINY,
            "--preset=lucid",
            "--transforms=none",
            "--size=32",
            "--steps=8",
            "--layer=conv_1_2",
            "--channel=1",
            "--examples=3",
            "--diversity=2",
            "--json",
            "-o",
            folder);
    assertThat(console.json()).hasSize(3);
    assertThat(Console.files(folder))
        .contains("conv_1_2-1-example0.png", "conv_1_2-1-example2.png", "conv_1_2-grid.png");
    assertThat(Picture.read(folder.resolve("conv_1_2-1-example0.png")))
        .isNotEqualTo(Picture.read(folder.resolve("conv_1_2-1-example1.png")));
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
    assertThat(refused(2, "maximize", "--diversity=1", "--class=1")).contains("--examples");
    assertThat(refused(2, "maximize", "--examples=0", "--class=1")).contains("--examples is 0");
    assertThat(refused(2, "maximize", "--examples=2", "--batch=2", "--class=1"))
        .contains("exclude each other");
    assertThat(refused(2, "maximize", "--at=1,2", "--class=1")).contains("--at needs the --layer");
    assertThat(refused(2, "maximize", "--layer=conv_1_1", "--at=middle")).contains("'middle'");
    assertThat(refused(1, "maximize", TINY, "--objective=tv", "-o", folder))
        .contains("asks the network nothing");
    assertThat(refused(2, "maximize", "--batch=0", "--class=1")).contains("--batch is 0");
    assertThat(refused(2, "maximize", TINY, "--layer=conv_1_1", "--channels=3-1"))
        .contains("channels '3-1'");
  }
}
