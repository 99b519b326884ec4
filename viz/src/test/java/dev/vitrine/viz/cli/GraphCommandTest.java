package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.json;
import static dev.vitrine.viz.cli.Console.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GraphCommandTest {
  @TempDir Path folder;

  @Test
  void theGraphIsWrittenAsSvgAndAsDotWithItsRecord() throws IOException {
    String said = fine("graph", "-o", folder).out();

    assertThat(said).contains("squeezenet-graph.svg", "squeezenet-graph.dot");
    assertThat(Console.files(folder))
        .containsExactly("squeezenet-graph.dot", "squeezenet-graph.json", "squeezenet-graph.svg");
    JsonNode record = json(folder.resolve("squeezenet-graph.json"));
    assertThat(record.get("boxes").intValue()).isEqualTo(40);
    assertThat(record.get("parameters").get("rankdir").textValue()).isEqualTo("TB");
    String svg = Files.readString(folder.resolve("squeezenet-graph.svg"));
    assertThat(svg).contains("fire9_expand3x3", "13 x 13 x 512", "147,712 parameters");
    assertThat(Files.readString(folder.resolve("squeezenet-graph.dot"))).contains("rankdir=TB");
  }

  @Test
  void fromLeftToRightItIsWiderThanHigh() throws IOException {
    fine("graph", "--model=tiny_vgg", "--rankdir=LR", "--weights", "-o", folder);

    String svg = Files.readString(folder.resolve("tiny_vgg-graph.svg"));
    assertThat(number(svg, "width")).isGreaterThan(4 * number(svg, "height"));
    assertThat(svg).contains("kernel: 270 numbers", "bias: 10 numbers");
  }

  private static double number(String svg, String attribute) {
    return Double.parseDouble(
        svg.replaceFirst("(?s).*?<svg[^>]* " + attribute + "=\"", "").replaceFirst("(?s)\".*", ""));
  }

  @Test
  void aModelOfWhichNobodyKnowsThePreprocessingHasAGraphToo() {
    Path model = Console.network("any_size", folder);

    JsonNode record = fine("graph", "--model", model, "--json", "-o", folder.resolve("out")).json();

    assertThat(record.get("model").get("preprocessing").isNull()).isTrue();
    assertThat(Path.of(record.get("picture").textValue())).isRegularFile();
  }

  @Test
  void aDirectionThatIsNoneIsWrongUsage() {
    assertThat(refused(2, "graph", "--rankdir=UP")).contains("--rankdir", "TB, LR");
  }
}
