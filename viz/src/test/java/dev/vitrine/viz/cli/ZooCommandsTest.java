package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static dev.vitrine.viz.cli.Console.refused;
import static dev.vitrine.viz.cli.Console.run;
import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ZooCommandsTest {
  @TempDir Path folder;

  @Test
  void modelsListsWhatIsHereAndWhatCanBeFetched() {
    assertThat(fine("models").out())
        .contains("squeezenet     1.2 MB  227x227   built in")
        .contains("BSD 2-Clause", "19,920 parameters, preprocessing unit; MIT")
        .containsPattern("vgg16 +553 MB  224x224")
        .contains("fetched models lie in ");
  }

  @Test
  void modelsIsThereAsJson() {
    JsonNode models = fine("models", "--json").json();

    JsonNode first = models.get(0);
    assertThat(first.get("name").textValue()).isEqualTo("squeezenet");
    assertThat(first.get("present").booleanValue()).isTrue();
    assertThat(first.get("input")).hasToString("[227,227,3]");
    for (JsonNode model : models) {
      assertThat(model.get("parameters").longValue()).isPositive();
      assertThat(model.get("licence").textValue()).isNotBlank();
      assertThat(model.get("preprocessing").textValue()).isNotBlank();
      if (model.has("url")) {
        assertThat(model.get("url").textValue()).startsWith("https://");
        assertThat(model.get("md5").textValue()).matches("[0-9a-f]{32}");
      }
    }
  }

  @Test
  void verifySaysThatABuiltInNetworkIsFine() {
    Console said = fine("verify", "tiny_vgg");

    assertThat(said.out()).startsWith("tiny_vgg\n").doesNotContain("wrong");
    assertThat(said.out().lines())
        .anyMatch(l -> l.matches(" +fine +hash +SHA-256 [0-9a-f]{64}, as it came"));
  }

  @Test
  void verifyFailsAndSaysWhy() {
    Console said =
        run("verify", "tiny_vgg", "--quick", "--json", "--preprocess=scale=1/255;order=bgr");

    assertThat(said.exit()).isEqualTo(1);
    JsonNode result = said.json().get(0);
    assertThat(result.get("model").textValue()).isEqualTo("tiny_vgg");
    assertThat(result.get("fine").booleanValue()).isFalse();
    assertThat(result.get("checks").toString()).contains("red and blue are swapped");
  }

  @Test
  void verifyTakesAFileWithAPictureWhoseClassIsKnown() {
    Path model = Console.network("tiny_vgg", folder);
    Object[] known = {
      "verify", model, "--quick", "--preprocess=unit", "--image", sample("coffee"), "--class", 6
    };

    assertThat(fine(known).out()).contains("coffee.png is class_6 (0.6353), expected class_6");

    known[known.length - 1] = 2;
    Console said = run(known);
    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out()).contains("wrong", "expected class_2");
  }

  @Test
  void verifySaysOfAFileThatCannotBeReadWhatIsWrongWithIt() {
    Console said = run("verify", sample("cat"), "--quick");

    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out()).contains("wrong    file", "cat.png", "expected");
  }

  @Test
  void aPictureWithoutItsClassIsWrongUsage() {
    assertThat(refused(2, "verify", "tiny_vgg", "--image", sample("cat")))
        .contains("--image and --class belong together");
  }
}
