package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.network;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

final class ExplainCommandTest {
  @TempDir Path folder;

  @Test
  void everythingIsThereForOnePhotograph() throws Exception {
    Path out = folder.resolve("not/there/yet");
    String said = fine("explain", sample("cat"), "--raw", "-o", out).out();

    assertThat(Console.files(out))
        .containsExactly(
            "cat-deconvnet.json",
            "cat-deconvnet.npy",
            "cat-deconvnet.png",
            "cat-explain.html",
            "cat-explain.json",
            "cat-gradcam.json",
            "cat-gradcam.npy",
            "cat-gradcam.png",
            "cat-gradient.json",
            "cat-gradient.npy",
            "cat-gradient.png",
            "cat-guided.json",
            "cat-guided.npy",
            "cat-guided.png",
            "cat-photograph.json",
            "cat-photograph.png");
    assertThat(said)
        .contains("81.51 %  Egyptian cat (285, n02124075)")
        .endsWith("page: " + out.resolve("cat-explain.html") + System.lineSeparator());
    assertThat(Npy.read(out.resolve("cat-guided.npy")).shape()).containsExactly(227, 227, 3);
    assertThat(Picture.read(out.resolve("cat-photograph.png")))
        .isEqualTo(Picture.read(sample("cat")));
    assertThat(linksOf(out.resolve("cat-explain.html"))).hasSize(5);
  }

  @Test
  void jsonIsAllThatStandardOutputHas() {
    JsonNode result =
        fine("explain", sample("coffee"), "--model=tiny_vgg", "--json", "-o", folder).json();

    assertThat(result.get("top").get(0).get("name").textValue()).isEqualTo("espresso");
    assertThat(result.get("pictures")).hasSize(4);
    for (JsonNode picture : result.get("pictures")) {
      assertThat(Path.of(picture.get("picture").textValue())).exists();
    }
    assertThat(Path.of(result.get("page").textValue())).exists();
    assertThat(json(folder.resolve("coffee-explain.json"))).isEqualTo(result);
  }

  @Test
  void thePageShowsTheClassesAndTheClassExplained() throws Exception {
    fine("explain", sample("coffee"), "--model=tiny_vgg", "--class=school bus", "-o", folder);

    String text =
        parsed(folder.resolve("coffee-explain.html")).getDocumentElement().getTextContent();
    assertThat(text)
        .contains("What tiny_vgg saw in coffee", "espresso", "The network saw all of it")
        .contains("sees what speaks for school bus", "change the score of school bus")
        .contains("What excites unit relu_2_2:");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "forbids such names")
  void aNameWithEverySpecialCharacterMakesAPageWhoseLinksHold() throws Exception {
    String name = "a<b>&\"c #1%2F? ü+'=`{{x}}";
    Path image = Files.copy(sample("coffee"), folder.resolve(name + ".png"));
    Path out = folder.resolve("out #2");
    fine("explain", image, "--model=tiny_vgg", "-o", out);

    Path page = out.resolve("a_b_&_c #1%2F_ ü+'=`{{x}}-explain.html");
    assertThat(linksOf(page)).hasSize(5);
    Document parsed = parsed(page);
    assertThat(parsed.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("What tiny_vgg saw in " + name);
    assertThat(parsed.getElementsByTagName("b").getLength()).isZero();
  }

  @Test
  void aNetworkWithoutClassesIsExplainedByItsStrongestUnit() throws Exception {
    Console console =
        Console.run(
            "explain",
            sample("cat"),
            "--preprocess=unit",
            "--model",
            network("maps", folder),
            "-o",
            folder);

    assertThat(console.exit()).isZero();
    assertThat(console.err())
        .startsWith("vitrine: maps has no classes: the strongest unit, conv2:");
    assertThat(parsed(folder.resolve("cat-explain.html")).getElementsByTagName("table").getLength())
        .isZero();
    assertThat(
            refused(
                1,
                "predict",
                sample("cat"),
                "--preprocess=unit",
                "--model",
                folder.resolve("maps.h5")))
        .contains("maps has no classes");
  }

  @Test
  void aNetworkForAnySizeTakesThePhotographAsItIs() {
    fine(
        "explain",
        sample("cat"),
        "--preprocess=unit",
        "--raw",
        "--model",
        network("any_size", folder),
        "-o",
        folder);

    assertThat(Npy.read(folder.resolve("cat-gradient.npy")).shape()).containsExactly(300, 451, 3);
    assertThat(Npy.read(folder.resolve("cat-gradcam.npy")).shape()).containsExactly(147, 223);
  }

  @Test
  void aPhotographThatDoesNotFitTheNetworkIsRefused() throws IOException {
    Path flat = folder.resolve("flat.png");
    ImageIO.write(
        Resize.NEAREST.apply(Picture.read(sample("cat")), 1, 600).toBufferedImage(),
        "png",
        flat.toFile());

    assertThat(refusedAtAnySize(flat)).contains("conv1", "[1, 1, 600, 3]");
  }

  @Test
  void aPhotographTooLargeForTheMemoryIsRefused() {
    WatchedProvider.memoryBudget = 10L << 20;
    try {
      assertThat(refusedAtAnySize(sample("cat")))
          .contains("cat.png: 451 x 300 pixels take 11 MB in this network, 10 may be used");
    } finally {
      WatchedProvider.memoryBudget = 0;
    }
  }

  private String refusedAtAnySize(Path image) {
    Path out = folder.resolve("out");
    String said =
        refused(
            1,
            "explain",
            image,
            "--preprocess=unit",
            "--device=watched",
            "--model",
            network("any_size", folder),
            "-o",
            out);
    assertThat(out).doesNotExist();
    return said;
  }

  @Test
  void aNetworkForGreyPicturesIsRefused() {
    assertThat(
            refused(
                1,
                "explain",
                sample("cat"),
                "--preprocess=unit",
                "--model",
                network("grey", folder),
                "-o",
                folder))
        .contains("grey: takes pictures of 1 channel, a photograph has 3");
  }

  @Test
  void whatIsDrawnIsAtMostSixteenHundredPixelsWide() throws IOException {
    Path large = folder.resolve("large.png");
    Picture coffee = Resize.BILINEAR.apply(Picture.read(sample("coffee")), 1000, 2000);
    ImageIO.write(coffee.toBufferedImage(), "png", large.toFile());
    fine("explain", large, "--model=tiny_vgg", "--resize=crop", "-o", folder);

    for (String picture : List.of("gradcam", "photograph")) {
      Picture drawn = Picture.read(folder.resolve("large-" + picture + ".png"));
      assertThat(List.of(drawn.width(), drawn.height())).as(picture).containsExactly(1600, 800);
    }
    Picture gradient = Picture.read(folder.resolve("large-gradient.png"));
    assertThat(List.of(gradient.width(), gradient.height())).containsExactly(800, 800);
    Picture photograph = Picture.read(folder.resolve("large-photograph.png"));
    Picture overlay = Picture.read(folder.resolve("large-gradcam.png"));
    assertThat(overlay.get(400, 398, 0)).isEqualTo((photograph.get(400, 398, 0) + 1) / 2);
    assertThat(overlay.get(400, 402, 0)).isGreaterThan(overlay.get(400, 398, 0));
  }

  /** The files that the page links to, each of which must be there, with a text beside pictures. */
  private static List<String> linksOf(Path page) throws Exception {
    Document document = parsed(page);
    List<String> links = new ArrayList<>();
    NodeList images = document.getElementsByTagName("img");
    for (int i = 0; i < images.getLength(); i++) {
      Element image = (Element) images.item(i);
      assertThat(image.getAttribute("alt")).isNotBlank();
      links.add(image.getAttribute("src"));
    }
    NodeList anchors = document.getElementsByTagName("a");
    for (int i = 0; i < anchors.getLength(); i++) {
      assertThat(links).contains(((Element) anchors.item(i)).getAttribute("href"));
    }
    for (String link : links) {
      assertThat(link).matches("[A-Za-z0-9%._*-]+");
      assertThat(page.resolveSibling(URLDecoder.decode(link, StandardCharsets.UTF_8))).exists();
    }
    return links;
  }

  /** The page is XML too, so that a parser finds what is not escaped or not closed. */
  private static Document parsed(Path page) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
  }
}
