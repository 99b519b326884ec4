package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.fine;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryAndDevicesTest {
  @TempDir Path folder;

  @Test
  void theSummaryHasEveryLayerItsShapeAndItsParameters() {
    String summary = fine("summary").out();

    assertThat(summary.lines().map(String::strip))
        .anyMatch(l -> l.matches("conv1.pre +Conv2d +\\[111, 111, 96] +14,208 +173,873,952 +7"))
        .anyMatch(l -> l.matches("loss +Softmax +\\[1000] +all"))
        .contains(
            "squeezenet: 1,248,424 parameters, 861,339,936 multiply-adds, input [227, 227, 3],"
                + " preprocessing mean=123,117,104;scale=1;order=bgr");
    assertThat(summary.lines()).noneMatch(l -> l.endsWith(" "));
  }

  @Test
  void theSummaryIsThereAsJson() {
    JsonNode summary = fine("summary", "--model=tiny_vgg", "--json").json();

    assertThat(summary.get("model").textValue()).isEqualTo("tiny_vgg");
    assertThat(summary.get("sha256").textValue()).matches("[0-9a-f]{64}");
    long sum = 0;
    for (JsonNode layer : summary.get("layers")) {
      sum += layer.get("parameters").longValue();
    }
    assertThat(sum).isEqualTo(summary.get("parameters").longValue()).isPositive();
    assertThat(summary.get("layers").get(0).get("output").toString()).isEqualTo("[64,64,3]");
    JsonNode first = summary.get("layers").get(1);
    assertThat(first.get("multiplyAdds").longValue()).isEqualTo(62 * 62 * 3 * 3 * 3 * 10);
    assertThat(first.get("receptiveField")).hasToString("[3,3]");
    assertThat(summary.get("multiplyAdds").longValue()).isEqualTo(5_608_780L);
  }

  @Test
  void anAxisOfAnySizeIsCalledAny() {
    Path model = Console.network("any_size", folder);

    assertThat(fine("summary", "--model", model).out())
        .contains("[any, any, 3]", "[any, any, 5]", "[3]", "preprocessing not known")
        .contains("multiply-adds by the size of the input");
    assertThat(
            fine("summary", "--model", model, "--json").json().get("layers").get(2).get("output"))
        .hasToString("[0,0,4]");
  }

  @Test
  void aNetworkForGreyPicturesHasASummary() {
    assertThat(fine("summary", "--model", Console.network("grey", folder)).out())
        .contains("input [16, 16, 1]");
  }

  @Test
  void theDevicesAreListedWithWhatTheyAre() {
    assertThat(fine("devices").out().lines())
        .anyMatch(l -> l.matches("reference +cpu +yes +reference: plain loops.*"));
    JsonNode devices = fine("devices", "--json").json();
    assertThat(devices).isNotEmpty();
    for (JsonNode device : devices) {
      boolean usable = device.get("usable").booleanValue();
      assertThat(device.has("description")).isEqualTo(usable);
      assertThat(device.has("missing")).isEqualTo(!usable);
    }
  }
}
