package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.viz.page.MethodNote;
import dev.vitrine.weights.image.Picture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class GalleryCommandTest {
  @TempDir Path folder;

  @Test
  void everyMethodHasItsPictureOfEveryPhotograph() throws Exception {
    Console console =
        Console.run("gallery", "--model=tiny_vgg", sample("cat"), sample("coffee"), "-o", folder);

    assertThat(console.exit()).isZero();
    // It has no global pooling, and its class activation map is the one thing it cannot have.
    assertThat(console.err().lines()).singleElement().asString().startsWith("vitrine: cam: ");
    assertThat(Console.files(folder)).containsExactly("gallery.json", "gallery.svg");
    String svg = Files.readString(folder.resolve("gallery.svg"));
    Document drawn =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(UTF_8)));
    int methods = Demonstration.methods().size();
    // The photographs, every method but cam, and the kernels but once: they are the same for both.
    assertThat(drawn.getElementsByTagName("image").getLength()).isEqualTo(2 * methods - 1);
    assertThat(drawn.getElementsByTagName("path").getLength()).isEqualTo(2);
    Set<Picture> different = new HashSet<>();
    NodeList images = drawn.getElementsByTagName("image");
    for (int i = 0; i < images.getLength(); i++) {
      String uri = ((Element) images.item(i)).getAttribute("href");
      byte[] jpeg = Base64.getDecoder().decode(uri.replace("data:image/jpeg;base64,", ""));
      different.add(Picture.of(ImageIO.read(new ByteArrayInputStream(jpeg))));
    }
    assertThat(different).hasSizeGreaterThan(2 * methods - 5);
    assertThat(json(folder.resolve("gallery.json")).get("explained")).hasSize(2);
  }

  @Test
  void someMethodsAreDrawnAlone() throws IOException {
    Console console =
        fine(
            "gallery",
            sample("cat"),
            "--model=tiny_vgg",
            "--method=gradient",
            "--method=gradcam",
            "-o",
            folder);
    assertThat(console.out()).contains("2 methods by 1 photographs");
    assertThat(Files.readString(folder.resolve("gallery.svg")))
        .contains("Gradient", "Grad-CAM")
        .doesNotContain("Occlusion");
  }

  @Test
  void everyMethodHasANote() {
    Demonstration.methods()
        .forEach(method -> assertThat(MethodNote.of(method).says()).endsWith("."));
    assertThat(MethodNote.of("gradient").saysNot()).endsWith(".");
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThat(refused(2, "gallery")).contains("IMAGE");
    assertThat(refused(2, "gallery", sample("cat"), "--raw")).contains("--raw is for one method's");
    assertThat(refused(2, "gallery", "a", "b", "c", "d", "e")).contains("room for 4");
    assertThat(refused(2, "gallery", sample("cat"), "--method=magic"))
        .contains("'magic' is not known; known are gradient");
    assertThat(refused(1, "gallery", folder.resolve("no.png"), "-o", folder)).contains("no.png");
    assertThat(Console.files(folder)).isEmpty();
  }
}
