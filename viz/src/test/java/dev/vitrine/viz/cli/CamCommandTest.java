package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CamCommandTest {
  @TempDir Path folder;

  @Test
  void theLastMapsBeforeTheClassesAreTheDefault() {
    fine("cam", sample("cat"), "--raw", "-o", folder);

    assertThat(Console.files(folder))
        .containsExactly("cat-gradcam.json", "cat-gradcam.npy", "cat-gradcam.png");
    assertThat(json(folder.resolve("cat-gradcam.json")).get("layer").textValue())
        .isEqualTo("fire9_concat");
    Npy map = Npy.read(folder.resolve("cat-gradcam.npy"));
    assertThat(map.shape()).containsExactly(13, 13);
    float most = 0;
    for (float value : map.floats()) {
      assertThat(value).isNotNegative();
      most = Math.max(most, value);
    }
    assertThat(most).as("not scaled to 0..1").isPositive().isNotEqualTo(1);
  }

  @Test
  void whatSpeaksForOneClassOfASigmoidSpeaksAgainstTheOther() {
    Path model = Console.network("one_sigmoid", folder);
    double[] values = new double[2];
    float[][] maps = new float[2][];
    for (int c = 0; c < 2; c++) {
      Path out = folder.resolve("class" + c);
      Console.run(
          "cam",
          sample("cat"),
          "--class=" + c,
          "--raw",
          "--preprocess=unit",
          "--model",
          model,
          "-o",
          out);
      values[c] = json(out.resolve("cat-gradcam.json")).get("value").doubleValue();
      maps[c] = Npy.read(out.resolve("cat-gradcam.npy")).floats();
    }

    assertThat(values[0]).isEqualTo(-values[1]).isNotZero();
    float both = 0;
    float either = 0;
    for (int i = 0; i < maps[0].length; i++) {
      both += Math.min(maps[0][i], maps[1][i]);
      either += Math.max(maps[0][i], maps[1][i]);
    }
    assertThat(both).isZero();
    assertThat(either).isPositive();
  }

  @Test
  void layersWithAsManyChannelsAsClassesCountWhereWeightsFollow() {
    fine("cam", sample("coffee"), "--model=tiny_vgg", "-o", folder);

    assertThat(json(folder.resolve("coffee-gradcam.json")).get("layer").textValue())
        .isEqualTo("relu_2_2");
  }

  @Test
  void severalLayersMakeSeveralFiles() {
    JsonNode records =
        fine(
                "cam",
                sample("cat"),
                "--layer",
                "fire5_concat",
                "--layer=fire9_concat",
                "--layer=fire5_concat",
                "--json",
                "-o",
                folder)
            .json();

    assertThat(records).hasSize(2);
    assertThat(Console.files(folder))
        .containsExactly(
            "cat-gradcam-fire5_concat.json",
            "cat-gradcam-fire5_concat.png",
            "cat-gradcam-fire9_concat.json",
            "cat-gradcam-fire9_concat.png",
            "cat-gradcam-grid.json",
            "cat-gradcam-grid.png");
    assertThat(records.get(0).get("map").toString()).isEqualTo("[27,27]");
    assertThat(Path.of(records.get(1).get("picture").textValue())).exists();
  }

  @Test
  void theOverlayLiesOnTheOriginalPhotograph() {
    fine("cam", sample("cat"), "-o", folder);

    Picture overlay = Picture.read(folder.resolve("cat-gradcam.png"));
    Picture cat = Picture.read(sample("cat"));
    assertThat(overlay.width()).isEqualTo(cat.width());
    assertThat(overlay.height()).isEqualTo(cat.height());
  }

  @Test
  void whatACropLeavesOutIsDimmed() {
    fine("cam", sample("coffee"), "--model=tiny_vgg", "--resize=crop", "-o", folder);

    Picture coffee = Picture.read(sample("coffee")); // 600 x 400: columns 100 to 499 are seen
    Picture overlay = Picture.read(folder.resolve("coffee-gradcam.png"));
    int dimmed = 0;
    for (int y = 0; y < 400; y++) {
      for (int x = 0; x < 600; x++) {
        boolean half = true;
        for (int c = 0; c < 3; c++) {
          half &= Math.abs(overlay.get(y, x, c) - coffee.get(y, x, c) / 2.0) <= 1;
        }
        if (x < 100 || x >= 500) {
          assertThat(half).as("row %d, column %d is dimmed", y, x).isTrue();
        } else {
          dimmed += half ? 1 : 0;
        }
      }
    }
    assertThat(dimmed).as("dimmed pixels in what was seen").isLessThan(400 * 400 / 10);
  }

  @Test
  void aUnitBeforeTheDefaultLayerIsSeenAtItsOwn() {
    fine("cam", sample("cat"), "--unit=fire5_concat:12", "-o", folder);

    assertThat(json(folder.resolve("cat-gradcam.json")).get("layer").textValue())
        .isEqualTo("fire5_concat");
  }

  @Test
  void aLayerThatDoesNotLeadToTheUnitIsRefused() {
    Path out = folder.resolve("out");
    assertThat(
            refused(
                1,
                "cam",
                sample("cat"),
                "--unit=fire5_concat:12",
                "--layer=fire9_concat",
                "-o",
                out))
        .contains("fire9_concat does not lead to fire5_concat");
    assertThat(out).doesNotExist();
  }

  @Test
  void aLayerWithoutMapsIsRefusedBeforeAnythingIsWritten() {
    Path out = folder.resolve("out");
    assertThat(
            refused(1, "cam", sample("cat"), "--layer=fire9_concat", "--layer=pool10", "-o", out))
        .contains("pool10", "no height and width");
    assertThat(out).doesNotExist();
  }

  @Test
  void aFileOfTheSameNameIsReplaced() throws Exception {
    Path picture = Files.writeString(folder.resolve("coffee-gradcam.png"), "an older one");
    fine("cam", sample("coffee"), "--model=tiny_vgg", "-o", folder);

    assertThat(Picture.read(picture).width()).isEqualTo(600);
    assertThat(Console.files(folder)).containsExactly("coffee-gradcam.json", "coffee-gradcam.png");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cam",
        "gradcam++",
        "xgradcam",
        "layercam",
        "scorecam",
        "ablation-cam",
        "eigencam"
      })
  void everyMethodWritesAMapAndAnOverlay(String method) {
    String model = method.equals("cam") ? "squeezenet" : "tiny_vgg";
    JsonNode record =
        fine(
                "cam",
                sample("coffee"),
                "--model",
                model,
                "--method",
                method,
                "--raw",
                "--json",
                "-o",
                folder)
            .json();

    assertThat(record.get("method").textValue()).isEqualTo(method);
    assertThat(record.get("allZero").booleanValue()).isFalse();
    assertThat(Npy.read(folder.resolve("coffee-" + method + ".npy")).shape()).hasSize(2);
    Picture photograph = Picture.read(sample("coffee"));
    Picture overlay = Picture.read(folder.resolve("coffee-" + method + ".png"));
    assertThat(overlay.width()).isEqualTo(photograph.width());
  }

  @Test
  void severalClassesLieSideBySide() {
    JsonNode records =
        fine("cam", sample("cat"), "--class=285", "--class=espresso", "--json", "-o", folder)
            .json();

    assertThat(records).hasSize(2);
    Picture one = Picture.read(folder.resolve("cat-gradcam-espresso.png"));
    Picture both = Picture.read(folder.resolve("cat-gradcam-grid.png"));
    assertThat(both.height()).isEqualTo(one.height());
    assertThat(both.width()).isEqualTo(2 * one.width() + 4);
    assertThat(refused(2, "attribute", sample("cat"), "--class=1", "--class=2", "-o", folder))
        .contains("name one");
  }

  @Test
  void aBoxIsDrawnAndWrittenDown() {
    JsonNode record = fine("cam", sample("cat"), "--box", "--json", "-o", folder).json();
    JsonNode box = record.get("box");
    Picture photograph = Picture.read(sample("cat"));
    int bottom = box.get("top").intValue() + box.get("height").intValue();
    int right = box.get("left").intValue() + box.get("width").intValue();
    assertThat(bottom).isBetween(2, photograph.height());
    assertThat(right).isBetween(2, photograph.width());
    Picture overlay = Picture.read(folder.resolve("cat-gradcam.png"));
    int y = box.get("top").intValue();
    int x = box.get("left").intValue() + box.get("width").intValue() / 2;
    assertThat(List.of(overlay.get(y, x, 0), overlay.get(y, x, 1), overlay.get(y, x, 2)))
        .containsOnly(0);
  }

  @Test
  void camOnANetworkWithDenseLayersSaysWhatToTakeInstead() {
    assertThat(refused(1, "cam", sample("cat"), "--model=tiny_vgg", "--method=cam", "-o", folder))
        .contains("global average pooling", "--method gradcam");
    assertThat(Console.files(folder)).isEmpty();
  }

  @Test
  void coloursAndOpacityAreTheUsers() {
    fine("cam", sample("cat"), "--colors=viridis", "--opacity=0", "-o", folder);
    assertThat(Picture.read(folder.resolve("cat-gradcam.png")))
        .isEqualTo(Picture.read(sample("cat")));
    assertThat(refused(2, "cam", sample("cat"), "--opacity=2", "-o", folder)).contains("0..1");
    assertThat(refused(2, "cam", sample("cat"), "--colors=jet", "-o", folder)).contains("jet");
  }
}
