package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TopImagesCommandTest {
  private static final String TINY = "--model=tiny_vgg";
  private static final String LAYER = "--layer=relu_1_2";
  private static final String STEM = "photos-top-images-relu_1_2";

  /** A channel that nine of the photographs excite, and more. */
  private static final int ALIVE = 4;

  @TempDir Path folder;
  private Path photos;
  private Path out;

  /** Twelve crops of the samples, all of different sizes. */
  @BeforeEach
  void layOutPhotographs() throws Exception {
    photos = Files.createDirectories(folder.resolve("photos/more")).getParent();
    out = folder.resolve("out");
    List<String> samples = List.of("cat", "coffee", "astronaut");
    for (int i = 0; i < 12; i++) {
      Picture whole = Picture.read(sample(samples.get(i % 3)));
      Picture part = new Patch(10 * i, 12 * i, 90 + 3 * i, 120 + i).cut(whole);
      Path file = photos.resolve((i < 9 ? "" : "more/") + "p" + (10 + i) + ".png");
      assertThat(ImageIO.write(part.toBufferedImage(), "png", file.toFile())).isTrue();
    }
  }

  private Console run(Object... more) {
    List<Object> words = new ArrayList<>(List.of("top-images", photos, TINY, LAYER, "-o", out));
    words.addAll(List.of(more));
    return Console.run(words.toArray());
  }

  private JsonNode overview() {
    return json(out.resolve(STEM + ".json"));
  }

  @Test
  void theNineStrongestOfEachChannelAreFoundAndDrawn() throws Exception {
    Console said = run("--raw");
    assertThat(said.err()).isEmpty();
    assertThat(said.exit()).isZero();

    JsonNode record = overview();
    assertThat(record.get("photographs").intValue()).isEqualTo(12);
    Npy raw = Npy.read(out.resolve(STEM + ".npy"));
    assertThat(raw.shape()).containsExactly(10, 9);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      files.add(photos.resolve((i < 9 ? "" : "more/") + "p" + (10 + i) + ".png"));
    }
    List<Engine.Output> outputs =
        files.stream().map(f -> Engine.output("tiny_vgg", f, "relu_1_2")).toList();
    for (int c = 0; c < 10; c++) {
      int channel = c;
      List<Integer> order =
          IntStream.range(0, 12)
              .boxed()
              .filter(i -> most(outputs.get(i), channel) > 0)
              .sorted(Comparator.comparingDouble(i -> -most(outputs.get(i), channel)))
              .limit(9)
              .toList();
      JsonNode images = record.get("channels").get(c).get("images");
      assertThat(images).hasSize(order.size());
      for (int k = 0; k < order.size(); k++) {
        JsonNode image = images.get(k);
        assertThat(photos.resolve(image.get("file").textValue()))
            .as("channel %d, place %d", c, k)
            .isEqualTo(files.get(order.get(k)));
        Engine.Output maps = outputs.get(order.get(k));
        double value = image.get("value").doubleValue();
        assertThat(value).isCloseTo(most(maps, c), within(1e-4));
        assertThat((double) raw.floats()[c * 9 + k]).isCloseTo(value, within(1e-5));
        int y = image.get("y").intValue();
        int x = image.get("x").intValue();
        assertThat((double) maps.at(y, x, c)).isCloseTo(value, within(1e-4));
      }
      assertThat(Files.exists(out.resolve(STEM + "-" + c + ".png"))).isEqualTo(!order.isEmpty());
    }
    Picture drawn = Picture.read(out.resolve(STEM + "-" + ALIVE + ".png"));
    assertThat(List.of(drawn.height(), drawn.width())).containsExactly(292, 3 * 292 + 2 * 16);
  }

  private static double most(Engine.Output maps, int channel) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = channel; i < maps.values().length; i += maps.channels()) {
      most = Math.max(most, maps.values()[i]);
    }
    return most;
  }

  @Test
  void thePatchIsTheReceptiveFieldInThePhotograph() {
    run("--channels=" + ALIVE);
    JsonNode image = json(out.resolve(STEM + "-" + ALIVE + ".json")).get("images").get(0);

    // Two convolutions of three pixels without padding: five, from the position itself on.
    JsonNode sees = image.get("sees");
    assertThat(sees.get("top").intValue()).isEqualTo(image.get("y").intValue());
    assertThat(sees.get("left").intValue()).isEqualTo(image.get("x").intValue());
    assertThat(sees.get("height").intValue()).isEqualTo(5);
    Picture photograph = Picture.read(photos.resolve(image.get("file").textValue()));
    double down = photograph.height() / 64.0;
    double right = photograph.width() / 64.0;
    int top = (int) Math.round(image.get("y").intValue() * down);
    int bottom = (int) Math.round((image.get("y").intValue() + 5) * down);
    int left = (int) Math.round(image.get("x").intValue() * right);
    int end = (int) Math.round((image.get("x").intValue() + 5) * right);
    Picture patch = new Patch(top, left, bottom - top, end - left).cut(photograph);
    double scale = 96.0 / Math.max(patch.height(), patch.width());
    Picture enlarged =
        Resize.BICUBIC.apply(
            patch,
            (int) Math.round(patch.height() * scale),
            (int) Math.round(patch.width() * scale));
    Picture drawn = Picture.read(out.resolve(STEM + "-" + ALIVE + ".png"));
    for (int c = 0; c < 3; c++) {
      assertThat(drawn.get(48, 292 + 16 + 48, c))
          .isEqualTo(
              enlarged.get(48 - (96 - enlarged.height()) / 2, 48 - (96 - enlarged.width()) / 2, c));
    }
  }

  @Test
  void whatCannotBeReadIsNamedAndCounted() throws Exception {
    Files.writeString(photos.resolve("p00.jpg"), "no picture");
    Files.writeString(photos.resolve("notes.txt"), "no picture either, and not taken for one");
    Files.writeString(photos.resolve(".hidden.png"), "hidden");
    Console said = run("--channels=0");

    assertThat(said.exit()).isZero();
    assertThat(said.err().lines()).singleElement().asString().contains("skipped", "p00.jpg");
    assertThat(said.out()).contains("12 photographs (1 unreadable skipped)");
    assertThat(overview().get("unreadable").fieldNames()).toIterable().containsExactly("p00.jpg");
  }

  @Test
  void aStoppedRunGoesOnWhereItWas() throws Exception {
    run("--channels=0");
    Path state = out.resolve(STEM + ".state.json");
    ObjectNode stopped = (ObjectNode) json(state);
    stopped.put("done", 5); // as if stopped there, with these found by then
    for (JsonNode channel : stopped.get("channels")) {
      ((ArrayNode) channel).removeAll();
    }
    Files.writeString(state, new ObjectMapper().writeValueAsString(stopped));
    Console said = run("--channels=0");

    assertThat(said.err()).contains("goes on at photograph 5 of 12");
    for (JsonNode channel : overview().get("channels")) {
      assertThat(channel.get("images").size()).as("only those left are looked at").isLessThan(8);
    }
  }

  @Test
  void aFinishedRunIsNotDoneAgain() throws Exception {
    run("--channels=" + ALIVE);
    Path picture = out.resolve(STEM + "-" + ALIVE + ".png");
    FileTime old = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(picture, old);
    Console again = run("--channels=" + ALIVE);

    assertThat(again.err()).isEmpty();
    assertThat(Files.getLastModifiedTime(picture)).isEqualTo(old);
  }

  @Test
  void aChangedFolderOrStateBeginsAnew() throws Exception {
    run("--channels=0");
    Files.delete(photos.resolve("p10.png"));
    Console changed = run("--channels=0");
    Console model = run("--channels=0", "--preprocess=caffe");
    Files.writeString(out.resolve(STEM + ".state.json"), "{ half");
    Console broken = run("--channels=0");

    assertThat(changed.err()).contains("changed: photographs", "begins anew");
    assertThat(changed.out()).contains("11 photographs");
    assertThat(model.err()).contains("changed: preprocessing", "begins anew");
    assertThat(broken.err()).contains("begins anew");
    assertThat(broken.exit()).isZero();
  }

  @Test
  void resultsInTheFolderItselfAreNoPhotographs() {
    out = photos.resolve("results");
    run("--channels=0");
    Console again = run("--channels=0");

    assertThat(again.err()).isEmpty();
    assertThat(again.out()).contains("12 photographs");
  }

  @Test
  void aFolderWithoutPicturesIsRefused() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    assertThat(refused(1, "top-images", empty, TINY, "-o", out)).contains("no picture in it");
    assertThat(refused(1, "top-images", folder.resolve("none"), TINY, "-o", out))
        .contains("no such folder");
    assertThat(refused(1, "top-images", sample("cat"), TINY, "-o", out))
        .contains("expected a folder");
    assertThat(refused(1, "top-images", photos, TINY, "--channels=99", LAYER, "-o", out))
        .contains("no channel 99");
    assertThat(out).doesNotExist();
  }

  @Test
  void whereNoReluLeadsToTheLayerItIsTheGradientThatIsShown() {
    Console said =
        Console.fine(
            "top-images", photos, TINY, "--layer=conv_1_1", "--channels=1", "--json", "-o", out);

    assertThat(said.json().get("dead")).isEmpty();
    assertThat(json(out.resolve("photos-top-images-conv_1_1-1.json")).get("projection").textValue())
        .isEqualTo("gradient");
  }

  /** Beside the photographs and the patches lies what is projected back, and it is something. */
  @Test
  void theProjectionsAreNotGrey() {
    run("--channels=" + ALIVE);
    Picture drawn = Picture.read(out.resolve(STEM + "-" + ALIVE + ".png"));
    int colored = 0;
    for (int y = 0; y < 96; y++) {
      for (int x = 2 * (292 + 16); x < 2 * (292 + 16) + 96; x++) {
        boolean grey = drawn.get(y, x, 0) == 128 && drawn.get(y, x, 1) == 128;
        colored += grey || drawn.get(y, x, 0) == 255 ? 0 : 1;
      }
    }
    assertThat(colored).isGreaterThan(100);
  }

  @Test
  void aNetworkForAnySizeTakesEachPhotographAsItIs() {
    Path model = Console.network("any_size", folder);
    JsonNode record =
        Console.fine(
                "top-images",
                photos,
                "--model",
                model,
                "--preprocess=unit",
                "--channels=0",
                "--json",
                "-o",
                out)
            .json();

    assertThat(record.get("photographs").intValue()).isEqualTo(12);
    assertThat(record.get("channels").get(0).get("images")).hasSize(9);
  }
}
