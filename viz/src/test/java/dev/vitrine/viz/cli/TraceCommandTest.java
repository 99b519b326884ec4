package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.network;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class TraceCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  /** The page is XML too, so that a parser finds what is not escaped or not closed. */
  private static Document parsed(Path page) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(page.toFile());
  }

  /** The numbers that a page carries. */
  private static JsonNode data(Path page) throws Exception {
    Document document = parsed(page);
    for (int i = 0; ; i++) {
      Element script = (Element) document.getElementsByTagName("script").item(i);
      if (script.getAttribute("id").equals("data")) {
        return JSON.readTree(script.getTextContent());
      }
    }
  }

  private static float[] floats(JsonNode base64) throws IOException {
    byte[] bytes = Base64.getDecoder().decode(base64.textValue());
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"gradient", "guided", "deconvnet"})
  void thePageCarriesWhatAttributeFinds(String rule) throws Exception {
    Path image = sample("cat");
    String[] unit = {"--model=tiny_vgg", "--unit=relu_2_2:3@max"};
    fine("attribute", image, "--method=" + rule, unit[0], unit[1], "--raw", "-o", folder);
    fine("trace", image, "--rule=" + rule, unit[0], unit[1], "--raw", "-o", folder);

    Npy attributed = Npy.read(folder.resolve("cat-" + rule + ".npy"));
    assertThat(Npy.read(folder.resolve("cat-trace.npy")).floats())
        .isEqualTo(attributed.floats())
        .isNotEqualTo(new float[64 * 64 * 3]);
    JsonNode trace = data(folder.resolve("cat-trace.html")).get("trace");
    assertThat(trace.get("rule").textValue()).isEqualTo(rule);
    float[] planes = floats(trace.get("tensors").get("input_layer").get("gradient"));
    for (int i = 0; i < planes.length; i++) {
      int pixel = i % (64 * 64);
      assertThat(planes[i]).isEqualTo(attributed.floats()[pixel * 3 + i / (64 * 64)]);
    }
    JsonNode record = json(folder.resolve("cat-trace.json"));
    assertThat(record.get("layers")).hasSize(9);
    for (JsonNode layer : record.get("layers")) {
      assertThat(layer.get("adjoint").booleanValue()).as("%s", layer).isTrue();
    }
  }

  @Test
  void squeezenetsPageIsSmallAndWhole() throws Exception {
    Console said = fine("trace", sample("cat"), "-o", folder);

    Path page = folder.resolve("cat-trace.html");
    assertThat(said.out())
        .startsWith("gradient of Egyptian_cat (19.52) back through 66 layers")
        .endsWith("page: " + page + System.lineSeparator());
    assertThat(Files.size(page)).isBetween(5_000_000L, 25_000_000L);
    JsonNode trace = data(page).get("trace");
    assertThat(trace.get("steps")).hasSize(66);
    assertThat(trace.get("tensors")).hasSize(67);
    assertThat(trace.get("tensors").get("fire5_concat").get("channels")).hasSize(8);
    double made =
        trace.get("balance").get("pixels").doubleValue()
            + trace.get("balance").get("biases").doubleValue();
    assertThat(made).isCloseTo(trace.get("score").doubleValue(), within(1e-3));
    String withoutNumbers =
        Files.readString(page)
            .replaceAll("base64,[^\")]*", "")
            .replaceAll("\"[A-Za-z0-9+/=]{99,}\"", "");
    assertThat(withoutNumbers)
        .contains("default-src 'none'")
        .doesNotContain("http:", "https:", "file:", "@import", "<link", "fetch(");
  }

  @Test
  void aClassCanBeNamedAndTheResultIsJson() {
    JsonNode result =
        fine(
                "trace",
                sample("coffee"),
                "--model=tiny_vgg",
                "--class=school bus",
                "--rule=GUIDED",
                "--json",
                "-o",
                folder)
            .json();

    assertThat(result.get("target").get("class").intValue()).isEqualTo(4);
    assertThat(result.get("parameters").get("rule").textValue()).isEqualTo("GUIDED");
    assertThat(Path.of(result.get("page").textValue())).exists();
    assertThat(json(folder.resolve("coffee-trace.json"))).isEqualTo(result);
  }

  @Test
  void theDeconvnetIsOfTheStrongestUnitUnlessToldWhat() {
    String said =
        fine("trace", sample("cat"), "--model=tiny_vgg", "--rule=deconvnet", "-o", folder).out();

    assertThat(said).startsWith("deconvnet of relu_2_2:");
  }

  @Test
  void aWalkThatEndsInZerosSaysSo() {
    Console said =
        Console.run("trace", sample("cat"), "--class=285", "--rule=deconvnet", "-o", folder);

    assertThat(said.exit()).isZero();
    assertThat(said.err())
        .startsWith("vitrine: deconvnet of Egyptian_cat is zero at every pixel")
        .contains("--unit LAYER:CHANNEL@max");
    assertThat(said.err().lines()).hasSize(1);
  }

  @Test
  void theProbabilityIsWalkedBackThroughTheSoftmax() throws Exception {
    fine("trace", sample("cat"), "--model=tiny_vgg", "--target=probability", "-o", folder);

    JsonNode first = data(folder.resolve("cat-trace.html")).get("trace").get("steps").get(0);
    assertThat(first.get("kind").textValue()).isEqualTo("softmax");
    assertThat(first.get("adjoint").get("holds").booleanValue()).isTrue();
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "forbids such names")
  void whateverIsNamedIsWrittenAsText() throws Exception {
    String name = "a<b>&\"c #1%2F? ü+'=`{{x}}]]></script>".replace("/", "");
    Path image = Files.copy(sample("coffee"), folder.resolve(name + ".png"));
    Path labels =
        Files.writeString(
            folder.resolve("ten.txt"), "</script><b>0&\n1\n2\n3\n4\n5\n]]>\n7\n8\n9\n");
    fine("trace", image, "--model=tiny_vgg", "--labels", labels, "-o", folder.resolve("out"));

    Path page = folder.resolve("out").resolve(Console.files(folder.resolve("out")).get(0));
    Document document = parsed(page);
    assertThat(document.getElementsByTagName("b").getLength()).isZero();
    assertThat(document.getElementsByTagName("script").getLength()).isEqualTo(2);
    assertThat(document.getElementsByTagName("h1").item(0).getTextContent()).endsWith(name);
    assertThat(data(page).get("labels").get(0).textValue()).isEqualTo("</script><b>0&");
  }

  @Test
  void wrongInputIsOneLine() {
    assertThat(refused(2, "trace", sample("cat"), "--rule=lrp", "-o", folder))
        .contains("--rule is 'lrp'; it can be gradient, guided or deconvnet");
    assertThat(refused(2, "trace", sample("cat"), "--unit=fire5_concat:1@top9", "-o", folder))
        .contains("several units one by one");
    assertThat(refused(2, "trace", sample("cat"), "--class=1", "--class=2", "-o", folder))
        .contains("--class is given 2 times: name one");
    assertThat(refused(1, "trace", sample("cat"), "--unit=fire5:1", "-o", folder))
        .contains("has no such layer");
    assertThat(refused(1, "trace", folder.resolve("none.png"), "-o", folder)).contains("none.png");
    assertThat(
            refused(
                1,
                "trace",
                sample("cat"),
                "--preprocess=unit",
                "--model",
                network("grey", folder),
                "-o",
                folder.resolve("out")))
        .contains("takes pictures of 1 channel");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void networksOfOtherLayersAreWalkedTooAndHoldNothing() throws Exception {
    for (String model : new String[] {"maps", "any_size", "one_sigmoid"}) {
      Path out = folder.resolve(model + "-out");
      Console said =
          Console.run(
              "trace",
              sample("cat"),
              "--preprocess=unit",
              "--model",
              network(model, folder),
              "-o",
              out);
      assertThat(said.exit()).as(said.err()).isZero();
      for (JsonNode layer : json(out.resolve("cat-trace.json")).get("layers")) {
        assertThat(layer.get("adjoint").booleanValue()).as("%s of %s", layer, model).isTrue();
      }
    }
  }
}
