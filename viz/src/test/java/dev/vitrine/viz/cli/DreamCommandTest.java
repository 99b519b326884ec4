package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DreamCommandTest {
  @TempDir Path folder;

  @Test
  void aDreamIsWrittenAtThePhotographsSizeWithItsNumbersAndItsAnimation() {
    Console console =
        fine(
            "dream",
            sample("cat"),
            "--size=160",
            "--octaves=2",
            "--steps=2",
            "--raw",
            "--animate",
            "-o",
            folder);

    assertThat(Console.files(folder))
        .containsExactly("cat-dream.gif", "cat-dream.json", "cat-dream.npy", "cat-dream.png");
    assertThat(console.out()).contains("dream: fire7_concat from ", "cat-dream.png");
    Picture dreamt = Picture.read(folder.resolve("cat-dream.png"));
    assertThat(dreamt.width()).isEqualTo(160);
    assertThat(Npy.read(folder.resolve("cat-dream.npy")).shape())
        .containsExactly(dreamt.height(), 160, 3);
    JsonNode record = json(folder.resolve("cat-dream.json"));
    assertThat(record.get("objective").asText()).isEqualTo("fire7_concat");
    assertThat(record.get("after").asDouble()).isGreaterThan(1.5 * record.get("before").asDouble());
  }

  @Test
  void layersAndChannelsMix() {
    JsonNode record =
        fine(
                "dream",
                sample("coffee"),
                "--model=tiny_vgg",
                "--size=80",
                "--octaves=1",
                "--steps=1",
                "--layer=relu_1_1",
                "--objective=0.5*layer:relu_1_2 - conv_2_1:3",
                "--json",
                "-o",
                folder)
            .json();
    assertThat(record.get("objective").asText())
        .isEqualTo("relu_1_1 + 0.5 * relu_1_2 - conv_2_1:3");
  }

  @Test
  void theSameSeedGivesTheSameDream() {
    for (String to : new String[] {"a", "b"}) {
      fine(
          "dream",
          sample("cat"),
          "--size=100",
          "--octaves=1",
          "--steps=2",
          "-o",
          folder.resolve(to));
    }
    assertThat(Picture.read(folder.resolve("a/cat-dream.png")))
        .isEqualTo(Picture.read(folder.resolve("b/cat-dream.png")));
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(refused(2, "dream", sample("cat"), "--octaves=0")).contains("--octaves is 0");
    assertThat(refused(2, "dream", sample("cat"), "--octave-scale=1")).contains("--octave-scale");
    assertThat(refused(2, "dream", sample("cat"), "--steps=0")).contains("--steps is 0");
    assertThat(refused(2, "dream", sample("cat"), "--rate=NaN")).contains("--rate is NaN");
    assertThat(refused(2, "dream", sample("cat"), "--tile=1")).contains("--tile is 1");
    assertThat(refused(2, "dream", sample("cat"), "--size=0")).contains("--size is 0");
    assertThat(refused(1, "dream", sample("cat"), "--layer=fire", "-o", folder)).contains("fire2");
    assertThat(refused(1, "dream", sample("cat"), "--objective=tv", "-o", folder))
        .contains("asks the network nothing");
    assertThat(refused(1, "dream", sample("cat"), "--size=40", "-o", folder))
        .contains("too small for fire7_concat", "fewer octaves");
    assertThat(refused(1, "dream", folder.resolve("none.png"), "-o", folder)).contains("none.png");
    assertThat(Console.files(folder)).isEmpty();
  }
}
