package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * PyTorch's arrays: where each number goes, and what is said of files that are not as they ought.
 */
class SafetensorsTest extends OnReference {
  private static final Architecture SMALL =
      Architecture.of(
          "the small one",
          """
          {"class_name": "Sequential", "config": [
          {"class_name": "InputLayer",
           "config": {"name": "image", "batch_shape": [null, 2, 2, 3]}},
          {"class_name": "Conv2D",
           "config": {"name": "conv", "filters": 2, "kernel_size": [1, 2], "padding": "same",
             "data_format": "channels_first", "modules": ["features.0"]}},
          {"class_name": "Flatten", "config": {"name": "flat"}},
          {"class_name": "Dense",
           "config": {"name": "rows", "units": 1, "modules": ["classifier.1"]}}]}
          """);

  @TempDir Path folder;

  /** Numbers that count up, one after the other, in as many arrays as the small one has. */
  private static byte[] counted(String type, String header) {
    int[] sizes = {8, 2, 12, 1};
    String[] names = {
      "features.0.weight", "features.0.bias", "classifier.1.weight", "classifier.1.bias"
    };
    String[] shapes = {"[2, 2, 1, 2]", "[2]", "[1, 12]", "[1]"};
    int each = type.equals("F64") ? 8 : type.equals("F32") ? 4 : 2;
    StringBuilder json = new StringBuilder("{\"__metadata__\": {\"format\": \"pt\"}");
    ByteBuffer data = ByteBuffer.allocate(23 * each).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0, number = 1; i < names.length; i++) {
      int from = data.position();
      for (int k = 0; k < sizes[i]; k++, number++) {
        switch (type) {
          case "F64" -> data.putDouble(number);
          case "F32" -> data.putFloat(number);
          case "BF16" -> data.putShort((short) (Float.floatToIntBits(number) >> 16));
          default -> {
            int exponent = Math.getExponent((float) number);
            int fraction = Math.round((number / (float) (1 << exponent) - 1) * 1024);
            data.putShort((short) ((exponent + 15) << 10 | fraction));
          }
        }
      }
      json.append(
          String.format(
              ", \"%s\": {\"dtype\": \"%s\", \"shape\": %s, \"data_offsets\": [%d, %d]}",
              names[i], type, shapes[i], from, data.position()));
    }
    byte[] text = (header.isEmpty() ? json + "}" : header).getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(text.length).array());
    out.writeBytes(text);
    out.writeBytes(data.array());
    return out.toByteArray();
  }

  private Path file(byte[] bytes) {
    try {
      return Files.write(folder.resolve("small.safetensors"), bytes);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"F32", "F64", "F16", "BF16"})
  void everyNumberGoesWhereKerasHasIt(String type) {
    try (Network network = KerasImporter.read(file(counted(type, "")), SMALL, backend)) {
      // [out, in, 1, kw] becomes [1, kw, in, out].
      assertThat(network.layer("conv").parameters().get(0).value().toFloats())
          .containsExactly(1, 5, 3, 7, 2, 6, 4, 8);
      assertThat(network.layer("conv").parameters().get(1).value().toFloats())
          .containsExactly(9, 10);
      // A row of [c, h, w] becomes one of [h, w, c].
      assertThat(network.layer("rows").parameters().get(0).value().toFloats())
          .containsExactly(11, 17, 12, 18, 13, 19, 14, 20, 15, 21, 16, 22);
      assertThat(network.layer("features.0").name()).isEqualTo("conv");
      assertThat(network.inputShape().dims()).containsExactly(1, 2, 3, 2);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          I64     | F32    | array classifier.1.bias holds I64, expected F32
          [1, 12] | [1, 9] | array classifier.1.weight declares
          er.1.b  | er.2.b | is not the small one: it has classifier.2 too
          "shape" | "shap3" | has no dtype, shape and data_offsets
          """)
  void whatIsWrongIsSaid(String what, String otherwise, String message) {
    String whole = new String(counted("F32", ""), ISO_8859_1);
    String wrong =
        what.equals("I64")
            ? whole.replaceAll("(?s)(1.bias\": .\"dtype\": \")F32", "$1I64")
            : what.equals("[1, 12]")
                ? whole.replace("[1, 12]", "[1,  9]")
                : whole.replace(what, otherwise);
    Path path = file(wrong.getBytes(ISO_8859_1));
    assertThatThrownBy(() -> KerasImporter.read(path, SMALL, backend).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(
            message.startsWith("array classifier.1.weight") ? "rows in" : message);
  }

  @Test
  void aDamagedFileIsReadOrRefusedAndNothingElse() {
    byte[] whole = counted("F32", "");
    Random random = new Random(6);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length - (round % 3 == 0 ? round % 90 : 0));
      for (int i = 0; i < 3; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Path path = file(damaged);
      try (Network network = KerasImporter.read(path, SMALL, backend)) {
        assertThat(network.layers()).isNotEmpty();
      } catch (BadInputException e) {
        assertThat(e.getMessage()).doesNotContain("\n");
        refused++;
      }
      assertThat(backend.liveBytes()).as("after round %d", round).isZero();
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void arraysThatNoArchitectureKnowsAreRefused() {
    Path path = file(counted("F32", ""));
    assertThatThrownBy(() -> KerasImporter.read(path, backend).close())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("holds PyTorch's arrays and not what is computed with them");
  }
}
