package dev.vitrine.viz.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFolderTest {
  @TempDir Path parent;

  @Test
  void aPictureComesBackAsItWentOut() {
    byte[] rgb = new byte[5 * 7 * 3];
    new Random(1).nextBytes(rgb);
    Picture picture = Picture.of(5, 7, rgb);
    Path file = folder().png("cat-guided", picture);
    assertThat(file).hasFileName("cat-guided.png");
    assertThat(Picture.read(file)).isEqualTo(picture);
  }

  @Test
  void numbersComeBackAsTheyWentOut() {
    Path file = folder().npy("cat-gradcam", new int[] {2, 2}, new float[] {1, 2, -3, 0.1f});
    assertThat(Npy.read(file).shape()).containsExactly(2, 2);
    assertThat(Npy.read(file).floats()).containsExactly(1, 2, -3, 0.1f);
  }

  @Test
  void jsonIsWrittenFromAMap() throws IOException {
    Path file = folder().json("cat", Map.of("seed", 0, "names", List.of("tabby", "Köter")));
    assertThat(file).hasFileName("cat.json");
    assertThat(new ObjectMapper().readTree(Files.readAllBytes(file)).at("/names/1").textValue())
        .isEqualTo("Köter");
  }

  @Test
  void anOlderFileIsReplacedAndNothingElseIsLeft() throws IOException {
    OutputFolder folder = folder();
    folder.text("page.html", "old and longer");
    folder.text("page.html", "new");
    try (var files = Files.list(folder.path())) {
      assertThat(files).hasSize(1).first().satisfies(f -> assertThat(f).hasContent("new"));
    }
  }

  @Test
  void aNameNeverLeavesTheFolder() {
    assertThat(folder().text("block1/conv1:3.txt", "x")).hasFileName("block1_conv1_3.txt");
    assertThat(folder().text("../up.txt", "x").getParent()).isEqualTo(folder().path());
  }

  @Test
  void aFileInTheWayOfTheFolderIsNamed() throws IOException {
    Path file = Files.writeString(parent.resolve("taken"), "");
    assertThatThrownBy(() -> new OutputFolder(file))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("--out");
    assertThatThrownBy(() -> new OutputFolder(file.resolve("inside")))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining("--out");
  }

  @Test
  void aFailedWriteIsOneLineAndLeavesNothingBehind() throws IOException {
    OutputFolder folder = folder();
    Path inTheWay = Files.createDirectories(folder.path().resolve("cat.json/full"));
    assertThatThrownBy(() -> folder.json("cat", Map.of()))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining("cat.json")
        .hasMessageNotContaining("\n");
    try (var files = Files.list(folder.path())) {
      assertThat(files).containsExactly(inTheWay.getParent());
    }
  }

  @Test
  void aFolderThatVanishedIsReported() {
    OutputFolder folder = folder();
    assertThat(folder.path().toFile().delete()).isTrue();
    assertThatThrownBy(() -> folder.text("a.txt", "x"))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining(
            "a.txt cannot be written: the folder that it would lie in is not there;");
    assertThat(folder.path()).doesNotExist();
  }

  @Test
  void aFolderThatMayNotBeWrittenToIsNamed() {
    OutputFolder folder = folder();
    assumeTrue(folder.path().toFile().setWritable(false), "no permissions on this file system");
    assumeTrue(!Files.isWritable(folder.path()), "root may write everywhere");
    assertThatThrownBy(() -> folder.text("a.txt", "x"))
        .isInstanceOf(OutputException.class)
        .hasMessageContaining("permission denied");
  }

  @Test
  void whatAKilledRunLeftIsRemovedAndWhatAnotherRunIsAtIsNot() throws IOException {
    Path out = folder().path();
    Path forgotten = Files.createFile(out.resolve("." + UUID.randomUUID() + ".partial"));
    Path beingWritten = Files.createFile(out.resolve("." + UUID.randomUUID() + ".partial"));
    Path ofTheUser = Files.createFile(out.resolve(".mine.partial"));
    FileTime longAgo = FileTime.from(Instant.now().minus(Duration.ofHours(1)));
    Files.setLastModifiedTime(forgotten, longAgo);
    Files.setLastModifiedTime(ofTheUser, longAgo);
    folder();
    try (var files = Files.list(out)) {
      assertThat(files).containsExactlyInAnyOrder(beingWritten, ofTheUser);
    }
  }

  private OutputFolder folder() {
    return new OutputFolder(parent.resolve("vitrine-out"));
  }
}
