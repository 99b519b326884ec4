package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.network;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    String said = fine("explain", sample("cat"), "--quick", "--raw", "-o", out).out();

    assertThat(Console.files(out))
        .containsExactly(
            "cat-activations-fire2_concat.json",
            "cat-activations-fire2_concat.npy",
            "cat-activations-fire2_concat.png",
            "cat-activations-fire5_concat.json",
            "cat-activations-fire5_concat.npy",
            "cat-activations-fire5_concat.png",
            "cat-activations-fire9_concat.json",
            "cat-activations-fire9_concat.npy",
            "cat-activations-fire9_concat.png",
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
            "cat-photograph.png",
            "cat-spikes-fire2_concat.npy",
            "cat-spikes-fire5_concat.npy",
            "cat-spikes-fire9_concat.npy");
    assertThat(said)
        .contains("81.51 %  Egyptian cat (285, n02124075)")
        .endsWith("page: " + out.resolve("cat-explain.html") + System.lineSeparator());
    assertThat(Npy.read(out.resolve("cat-guided.npy")).shape()).containsExactly(227, 227, 3);
    assertThat(Picture.read(out.resolve("cat-photograph.png")))
        .isEqualTo(Picture.read(sample("cat")));
    // The photograph, four maps, three gradients and three times 24 channels.
    assertThat(picturesOf(out.resolve("cat-explain.html"))).hasSize(8 + 3 * 24);
    assertThat(Npy.read(out.resolve("cat-activations-fire9_concat.npy")).shape())
        .containsExactly(13, 13, 512);
    assertThat(Npy.read(out.resolve("cat-spikes-fire5_concat.npy")).shape()).containsExactly(256);
  }

  @Test
  void jsonIsAllThatStandardOutputHas() {
    JsonNode result =
        fine("explain", sample("coffee"), "--model=tiny_vgg", "--json", "-o", folder).json();

    assertThat(result.get("top").get(0).get("name").textValue()).isEqualTo("espresso");
    assertThat(result.get("pictures")).hasSize(4 + 3 + 3 * 3);
    for (JsonNode picture : result.get("pictures")) {
      assertThat(Path.of(picture.get("picture").textValue())).exists();
    }
    assertThat(Path.of(result.get("page").textValue())).exists();
    assertThat(json(folder.resolve("coffee-explain.json"))).isEqualTo(result);
  }

  @Test
  void thePageShowsTheClassesAndTheClassExplained() throws Exception {
    fine(
        "explain",
        sample("coffee"),
        "--quick",
        "--model=tiny_vgg",
        "--class=school bus",
        "-o",
        folder);

    String text =
        parsed(folder.resolve("coffee-explain.html")).getDocumentElement().getTextContent();
    assertThat(text)
        .contains("What tiny_vgg saw in coffee", "espresso", "The network saw all of it")
        .contains("sees what speaks for school bus", "change the score of school bus")
        .contains("What excites unit relu_2_2:");
  }

  @Test
  void whatExcitesTheStrongestChannelsIsOnThePage() throws Exception {
    Console console = fine("explain", sample("cat"), "--model=tiny_vgg", "-o", folder);
    assertThat(console.exit()).isZero();

    Path page = folder.resolve("cat-explain.html");
    // Of ten channels a layer, at three layers; three of each are excited.
    assertThat(picturesOf(page)).hasSize(8 + 3 * 10 + 3 * 3);
    JsonNode strongest = json(folder.resolve("cat-activations-relu_2_2.json")).get("channels");
    JsonNode made =
        json(folder.resolve("cat-maximize-relu_2_2-" + strongest.get(0).intValue() + ".json"));
    JsonNode activations = made.get("activations");
    assertThat(activations.get(activations.size() - 1).doubleValue())
        .isGreaterThan(activations.get(0).doubleValue());
    assertThat(Picture.read(folder.resolve("cat-maximize-relu_2_2-" + strongest.get(0) + ".png")))
        .hasToString("picture [165, 165, 3]");
    assertThat(parsed(page).getDocumentElement().getTextContent())
        .contains("made in 7 rounds of 12 steps of Adam");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "forbids such names")
  void aNameWithEverySpecialCharacterMakesAPageWhoseLinksHold() throws Exception {
    String name = "a<b>&\"c #1%2F? ü+'=`{{x}}";
    Path image = Files.copy(sample("coffee"), folder.resolve(name + ".png"));
    Path out = folder.resolve("out #2");
    fine("explain", image, "--quick", "--model=tiny_vgg", "-o", out);

    Path page = out.resolve("a_b_&_c #1%2F_ ü+'=`{{x}}-explain.html");
    assertThat(picturesOf(page)).hasSize(8 + 3 * 10);
    Document parsed = parsed(page);
    assertThat(parsed.getElementsByTagName("h1").item(0).getTextContent())
        .isEqualTo("What tiny_vgg saw in " + name);
    assertThat(parsed.getElementsByTagName("b").getLength()).isZero();
  }

  @Test
  void aNetworkWithOneSigmoidOutputIsExplainedForEitherOfItsTwoClasses() throws Exception {
    Path model = Console.network("one_sigmoid", folder);
    Path labels = Files.writeString(folder.resolve("two.txt"), "cat\ndog\n");

    Console said =
        Console.run(
            "explain",
            sample("cat"),
            "--quick",
            "--class=cat",
            "--preprocess=unit",
            "--labels",
            labels,
            "--model",
            model,
            "-o",
            folder);

    assertThat(said.exit()).isZero();
    assertThat(Files.readString(folder.resolve("cat-explain.html")))
        .contains("Its first guess is dog (51.0 %). The maps below explain cat.");
    assertThat(json(folder.resolve("cat-explain.json")).get("top")).hasSize(2);
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
        Resize.NEAREST.apply(Picture.read(sample("cat")), 2, 600).toBufferedImage(),
        "png",
        flat.toFile());

    assertThat(refusedAtAnySize(flat)).contains("conv1", "[1, 2, 600, 3]");
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
    fine("explain", large, "--quick", "--model=tiny_vgg", "--resize=crop", "-o", folder);

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

  /** The pictures that the page carries in it, all of which can be read. */
  private static List<String> picturesOf(Path page) throws Exception {
    Document document = parsed(page);
    List<String> pictures = new ArrayList<>();
    NodeList images = document.getElementsByTagName("img");
    for (int i = 0; i < images.getLength(); i++) {
      String uri = ((Element) images.item(i)).getAttribute("src");
      assertThat(uri).matches("data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+");
      byte[] bytes = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
      assertThat(ImageIO.read(new ByteArrayInputStream(bytes))).isNotNull();
      pictures.add(uri);
    }
    assertThat(document.getElementsByTagName("a").getLength()).isZero();
    String withoutPictures = Files.readString(page).replaceAll("base64,[^\")]*", "");
    assertThat(withoutPictures).doesNotContain("http:", "https:", "file:", "//", "@import");
    assertThat(Files.size(page)).isLessThan(8_000_000);
    return pictures;
  }

  /** The page is XML too, so that a parser finds what is not escaped or not closed. */
  private static Document parsed(Path page) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
  }

  @Test
  void theAtlasHoldsEveryMethodForSeveralClassesAndLayers() throws IOException {
    Files.writeString(
        folder.resolve("cat-sanity.json"),
        "{\"results\": [{\"method\": \"gradient\", \"correlation\": 0.125, \"passes\": true}]}");
    Console console =
        Console.run("explain", sample("cat"), "--model=tiny_vgg", "--all", "-o", folder);

    assertThat(console.exit()).isZero();
    assertThat(console.err().lines()).singleElement().asString().contains("cam: ");
    assertThat(console.out()).contains("page: ", "cat-atlas.html");
    String html = Files.readString(folder.resolve("cat-atlas.html"));
    JsonNode data =
        new ObjectMapper()
            .readTree(
                html.split("<script type=\"application/json\" id=\"data\">", 2)[1]
                    .split("</script>", 2)[0]);
    assertThat(data.get("classes")).hasSize(3);
    Set<String> methods = new HashSet<>();
    for (JsonNode entry : data.get("entries")) {
      methods.add(entry.get("method").asText());
      assertThat(folder.resolve(entry.get("file").asText())).exists();
      if (entry.get("heat").isTextual()) {
        assertThat(folder.resolve(entry.get("heat").asText())).exists();
      }
      assertThat(entry.get("command").asText()).startsWith("./vitrine ");
      assertThat(entry.get("saysNot").asText()).endsWith(".");
    }
    Set<String> expected = new HashSet<>(Demonstration.methods());
    expected.add("spikes");
    expected.remove("cam"); // Tiny VGG has no global pooling
    assertThat(methods).isEqualTo(expected);
    assertThat(html).contains("completeness gap", "0.13 of the map: it passes");
  }

  /** Every command that the atlas gives can be run, and says nothing of wrong usage. */
  @Test
  void theAtlasGivesCommandsThatRun() throws IOException {
    Console.run(
        "explain", sample("cat"), "--model=tiny_vgg", "--class=espresso", "--all", "-o", folder);
    String html = Files.readString(folder.resolve("cat-atlas.html"));
    Set<String> commands = new HashSet<>();
    Matcher m = Pattern.compile("\"command\":\"./vitrine ([^\"]+)\"").matcher(html);
    while (m.find()) {
      if (!m.group(1).startsWith("maximize") && !m.group(1).startsWith("dream")) {
        commands.add(m.group(1));
      }
    }
    assertThat(commands).hasSizeGreaterThan(20);
    for (String command : commands) {
      List<Object> words = new ArrayList<>(List.of(command.split(" ")));
      words.addAll(List.of("-o", folder.resolve("again")));
      assertThat(Console.run(words.toArray()).exit()).as(command).isZero();
    }
  }

  @Test
  void theAtlasRefusesWhatItWouldIgnore() {
    assertThat(refused(2, "explain", sample("cat"), "--all", "--quick", "-o", folder))
        .contains("--all and --quick exclude each other");
    assertThat(refused(2, "explain", sample("cat"), "--all", "--raw", "-o", folder))
        .contains("--all and --raw exclude each other");
    assertThat(Console.files(folder)).isEmpty();
  }
}
