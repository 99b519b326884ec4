package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code activations}, {@code filters}, {@code hypercolumn} and {@code spikes}. */
final class LayerCommandsTest {
  private static final String TINY = "--model=tiny_vgg";

  @TempDir Path folder;

  private float[] raw(String file, int... shape) {
    Npy npy = Npy.read(folder.resolve(file + ".npy"));
    assertThat(npy.shape()).containsExactly(shape);
    return npy.floats();
  }

  @Test
  void activationsAreTheLayersOwnNumbers() {
    JsonNode result =
        fine(
                "activations",
                sample("coffee"),
                TINY,
                "--layer=relu_1_1",
                "--raw",
                "--json",
                "-o",
                folder)
            .json();

    Engine.Output expected = Engine.output("tiny_vgg", sample("coffee"), "relu_1_1");
    assertThat(raw("coffee-activations", 62, 62, 10)).containsExactly(expected.values());
    assertThat(Console.files(folder))
        .containsExactly(
            "coffee-activations.json",
            "coffee-activations.npy",
            "coffee-activations.png",
            "coffee-sparsity.json",
            "coffee-sparsity.svg");
    List<Integer> dead = new ArrayList<>();
    int zeros = 0;
    for (int c = 0; c < 10; c++) {
      int nothing = 0;
      for (int p = 0; p < 62 * 62; p++) {
        nothing += expected.values()[p * 10 + c] == 0 ? 1 : 0;
      }
      zeros += nothing;
      if (nothing == 62 * 62) {
        dead.add(c);
      }
    }
    JsonNode layer = result.get("layers").get(0);
    assertThat(layer.get("dead").toString()).isEqualTo(dead.toString().replace(" ", ""));
    assertThat(layer.get("zeros").doubleValue()).isCloseTo(zeros / 38440.0, within(1e-9));
    Picture grid = Picture.read(folder.resolve("coffee-activations.png"));
    assertThat(List.of(grid.height(), grid.width())).containsExactly(62, 10 * 63 - 1);
  }

  @Test
  void sparsityIsThatOfEveryLayerAfterItsActivation() {
    JsonNode result =
        fine("activations", sample("coffee"), TINY, "--layer=relu_1_1", "--json", "-o", folder)
            .json();

    assertThat(result.get("sparsity").findValuesAsText("layer"))
        .containsExactly("relu_1_1", "relu_1_2", "relu_2_1", "relu_2_2");
    for (JsonNode one : result.get("sparsity")) {
      float[] values =
          Engine.output("tiny_vgg", sample("coffee"), one.get("layer").textValue()).values();
      int zeros = 0;
      for (float value : values) {
        zeros += value == 0 ? 1 : 0;
      }
      assertThat(one.get("zeros").doubleValue())
          .isCloseTo((double) zeros / values.length, within(1e-3));
    }
  }

  @Test
  void layersAreThreeUnlessNamedAndSeveralHaveFilesOfTheirOwn() {
    fine("activations", sample("coffee"), TINY, "--scaling=percentiles", "-o", folder);

    assertThat(Console.files(folder))
        .contains(
            "coffee-activations-relu_1_1.png",
            "coffee-activations-relu_2_1.json",
            "coffee-activations-relu_2_2.png");
  }

  @Test
  void spikesAreTheMeansAndThePeaksTheirLargest() throws Exception {
    JsonNode record =
        fine(
                "spikes",
                sample("cat"),
                TINY,
                "--layer=relu_2_2",
                "--peaks=3",
                "--raw",
                "--json",
                "-o",
                folder)
            .json();

    Engine.Output maps = Engine.output("tiny_vgg", sample("cat"), "relu_2_2");
    double[] means = new double[10];
    for (int i = 0; i < maps.values().length; i++) {
      means[i % 10] += maps.values()[i] / (maps.h() * maps.w());
    }
    float[] raw = raw("cat-spikes", 10);
    for (int c = 0; c < 10; c++) {
      assertThat((double) raw[c]).isCloseTo(means[c], within(1e-5));
    }
    List<Integer> largest =
        IntStream.range(0, 10)
            .boxed()
            .sorted(Comparator.comparingDouble(c -> -means[c]))
            .limit(3)
            .toList();
    List<Integer> peaks = new ArrayList<>();
    record.get("peaks").forEach(p -> peaks.add(p.get("channel").intValue()));
    assertThat(peaks).isEqualTo(largest);
    String svg = Files.readString(folder.resolve("cat-spikes.svg"));
    assertThat(svg).contains("mean activation", ">" + largest.get(0) + "</text>");
    assertThat(svg.split("<line "))
        .as("a line for each channel, and the axis'")
        .hasSizeGreaterThan(10);
  }

  @Test
  void peaksAreExplainedByPicturesBesideThem() throws Exception {
    fine(
        "spikes",
        sample("cat"),
        TINY,
        "--layer=relu_1_1",
        "--peaks=1",
        "--explain-peaks",
        "-o",
        folder);

    String svg = Files.readString(folder.resolve("cat-spikes.svg"));
    assertThat(svg.split("<image ")).hasSize(2);
    int channel =
        json(folder.resolve("cat-spikes.json")).get("peaks").get(0).get("channel").intValue();
    JsonNode made = json(folder.resolve("cat-maximize-relu_1_1-" + channel + ".json"));
    assertThat(made.get("method").textValue()).isEqualTo("graetz");
    assertThat(folder.resolve("cat-maximize-relu_1_1-" + channel + ".png")).exists();
  }

  @Test
  void aDenseLayerHasSpikesAndNoMaps() {
    fine("spikes", sample("cat"), TINY, "--layer=flatten", "-o", folder);

    assertThat(refused(1, "activations", sample("cat"), TINY, "--layer=flatten", "-o", folder))
        .contains("flatten", "no height and width");
    assertThat(refused(1, "hypercolumn", sample("cat"), TINY, "--layer=flatten", "-o", folder))
        .contains("flatten", "no height and width");
  }

  @Test
  void aHypercolumnIsTheLayersAtTheInputsSize() {
    JsonNode record =
        fine(
                "hypercolumn",
                sample("coffee"),
                TINY,
                "--layer=relu_1_1",
                "--layer=relu_2_2",
                "--raw",
                "--json",
                "-o",
                folder)
            .json();

    assertThat(Console.files(folder))
        .containsExactly(
            "coffee-hypercolumn-components.json",
            "coffee-hypercolumn-components.npy",
            "coffee-hypercolumn-components.png",
            "coffee-hypercolumn.json",
            "coffee-hypercolumn.npy",
            "coffee-hypercolumn.png");
    float[] raw = raw("coffee-hypercolumn", 64, 64, 20);
    Engine.Output fine = Engine.output("tiny_vgg", sample("coffee"), "relu_1_1");
    Engine.Output deep = Engine.output("tiny_vgg", sample("coffee"), "relu_2_2");
    for (int y = 0; y < 64; y += 3) {
      for (int x = 0; x < 64; x += 5) {
        for (int c = 0; c < 20; c++) {
          double expected = c < 10 ? at(fine, y, x, c) : at(deep, y, x, c - 10);
          assertThat((double) raw[(y * 64 + x) * 20 + c]).isCloseTo(expected, within(1e-4));
        }
      }
    }
    double sum = 0;
    for (JsonNode share : record.get("shares")) {
      sum += share.doubleValue();
    }
    assertThat(sum).isBetween(0.3, 1.0001);
    Picture picture = Picture.read(folder.resolve("coffee-hypercolumn-components.png"));
    assertThat(List.of(picture.height(), picture.width())).containsExactly(400, 600);
    Npy scores = Npy.read(folder.resolve("coffee-hypercolumn-components.npy"));
    assertThat(scores.shape()).containsExactly(64, 64, 3);
  }

  /** A map at 64 by 64 pixels, from its definition. */
  private static double at(Engine.Output maps, int y, int x, int channel) {
    double down = Math.max(0, Math.min(maps.h() - 1, (y + 0.5) * maps.h() / 64 - 0.5));
    double right = Math.max(0, Math.min(maps.w() - 1, (x + 0.5) * maps.w() / 64 - 0.5));
    double sum = 0;
    for (int i = 0; i < maps.h(); i++) {
      for (int j = 0; j < maps.w(); j++) {
        double weight = Math.max(0, 1 - Math.abs(down - i)) * Math.max(0, 1 - Math.abs(right - j));
        sum += weight == 0 ? 0 : weight * maps.at(i, j, channel);
      }
    }
    return sum;
  }

  @Test
  void aHypercolumnsSizeIsTheUsers() {
    fine("hypercolumn", sample("coffee"), TINY, "--size=9", "--raw", "-o", folder);

    assertThat(Npy.read(folder.resolve("coffee-hypercolumn.npy")).shape())
        .containsExactly(9, 9, 30);
  }

  @Test
  void filtersAreTheKernelsWithTheFirstInColour() {
    fine("filters", TINY, "--raw", "-o", folder);

    assertThat(Console.files(folder))
        .containsExactly("tiny_vgg-filters.json", "tiny_vgg-filters.npy", "tiny_vgg-filters.png");
    float[] kernel = Engine.kernel("tiny_vgg", "conv_1_1").values();
    assertThat(raw("tiny_vgg-filters", 3, 3, 3, 10)).containsExactly(kernel);
    Picture picture = Picture.read(folder.resolve("tiny_vgg-filters.png"));
    float largest = 0;
    for (int k = 4; k < kernel.length; k += 10) {
      largest = Math.max(largest, Math.abs(kernel[k]));
    }
    // The middle of the fifth filter: cells of 13 pixels, tiles of 39 and one between them.
    for (int c = 0; c < 3; c++) {
      int expected = Math.round(128 + 127 * kernel[(4 * 3 + c) * 10 + 4] / largest);
      assertThat(picture.get(19, 4 * 40 + 19, c)).isEqualTo(expected);
    }
  }

  @Test
  void deeperFiltersAreAGridOfThoseAskedFor() {
    fine("filters", TINY, "--layer=conv_1_2", "--channels=2-5", "--inputs=0,9", "-o", folder);

    JsonNode record = json(folder.resolve("tiny_vgg-filters.json"));
    assertThat(record.get("channels").toString()).isEqualTo("[2,3,4,5]");
    Picture picture = Picture.read(folder.resolve("tiny_vgg-filters.png"));
    assertThat(List.of(picture.height(), picture.width())).containsExactly(39, 19);
  }

  @Test
  void kerasNameOfALayerStandsForItsConvolution() {
    fine("filters", "--layer=fire2_squeeze1x1", "--channels=0-3", "--inputs=0-3", "-o", folder);

    assertThat(json(folder.resolve("squeezenet-filters.json")).get("shape").toString())
        .isEqualTo("[1,1,96,16]");
    assertThat(refused(1, "filters", "--layer=pool1", "-o", folder))
        .contains("pool1 is a MaxPool2d, no convolution");
  }
}
