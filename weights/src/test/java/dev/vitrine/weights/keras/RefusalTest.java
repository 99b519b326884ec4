package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a file is said in one line, and nothing stays alive. */
class RefusalTest extends OnReference {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          only.weights.h5   | only.weights.h5: holds no model_config, only weights at best
          not_json.h5       | not JSON at line 1, column 201
          subclassed.h5     | the model is a Detector, expected Sequential or Functional
          no_output.h5      | the model's output conv is no layer of it
          unfed.h5          | conv in unfed.h5: reads nowhere (call 0, output 0)
          rows.h5           | conv in rows.h5: layer 2, Conv2D, takes images [n, h, w, c], and is given [1, 4]
          movie.h5          | image in movie.h5: setting 'batch_shape' is [null, 8, 4, 4, 1], expected images
          embedding.h5      | words in embedding.h5: layer 2 of 2, Embedding, is not supported
          steps.h5          | conv in steps.h5: layer 2 of 2, Conv1D, is not supported
          small.h5          | an image of 2 by 4 is too small for a window of 3 by 3
          no_filters.h5     | conv in no_filters.h5: setting 'filters' is missing
          bent.h5           | setting 'activation' is bent, expected one of linear, celu
          channels_first.h5 | kernel is [3, 3, 1, 2], the network expects [3, 3, 4, 2]
          sideways.h5       | setting 'data_format' is sideways, expected channels_last or
          wrong_shape.h5    | conv in wrong_shape.h5: kernel is [3, 3, 1, 1], the network expects [3, 3, 1, 2]
          no_dataset.h5     | kernel is missing: there is no dataset /model_weights/conv/weights
          too_few.h5        | conv in too_few.h5: bias is missing
          too_many.h5       | the file has 1 weights more than Conv2D takes
          other_layer.h5    | holds weights of head, which the model does not have
          float16.h5        | dataset /model_weights/conv/kernel holds float16, expected float32
          int8.h5           | dataset /model_weights/conv/kernel holds integers
          nan.h5            | dataset /model_weights/conv/kernel number 11 is NaN
          unwritten.h5      | dataset /model_weights/conv/kernel was declared and never written
          hollow.h5         | declares 7200000000 bytes and holds 0
          """)
  void whatIsWrongIsSaidInOneLine(String file, String found) {
    assertRefused(file(file)).hasMessageContaining(found);
  }

  @Test
  void aLayerThatIsNotSupportedIsNamedWithItsPlaceAndTheWayAroundIt() {
    assertRefused(file("steps.h5"))
        .hasMessage(
            "conv in steps.h5: layer 2 of 2, Conv1D, is not supported; "
                + "build the model without it, or save what is before it: "
                + "keras.Model(model.input, model.get_layer('image').output)");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                             | is empty
          PK\3\4keras                                    | is a zip archive that cannot be read
          <!DOCTYPE html><title>404</title>              | is a web page
          version https://git-lfs.github.com/spec/v1 oid | is a Git LFS pointer
          PNG                                            | is no HDF5 file, expected a Keras HDF5 file
          """)
  void aFileThatIsNoHdf5IsCalledWhatItIs(String content, String found, @TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("cat.h5"), content);
    assertRefused(file).hasMessageContaining("cat.h5: " + found);
  }

  @Test
  void aDirectoryIsNoModel(@TempDir Path folder) {
    assertRefused(folder).hasMessageContaining("is a directory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"functional.h5", "float64.h5"})
  void aFileThatWasCutShortIsSaidToBe(String name, @TempDir Path folder) throws IOException {
    byte[] whole = Files.readAllBytes(file(name));
    for (int length = 100; length < whole.length; length += whole.length / 60) {
      Path cut = Files.write(folder.resolve("cut.h5"), Arrays.copyOf(whole, length));
      assertRefused(cut)
          .hasMessageEndingWith(
              "cut.h5: holds "
                  + length
                  + " of its "
                  + whole.length
                  + " bytes; the download or the copy broke off: fetch it again");
    }
  }

  @Test
  void bytesThatWereCutShortAreReadOrRefusedAndNothingElse() throws IOException {
    byte[] whole = Files.readAllBytes(file("functional.h5"));
    for (int length = 0; length < whole.length * 9 / 10; length += 977) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> KerasImporter.read("cut", cut, backend).close())
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("the file is damaged or was cut short");
    }
  }

  @Test
  void aDamagedFileIsReadOrRefusedAndNothingElse() throws IOException {
    byte[] whole = Files.readAllBytes(file("functional_as_keras2.h5"));
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 20; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try (Network network = KerasImporter.read("damaged", damaged, backend)) {
        assertThat(network.layers()).isNotEmpty();
      } catch (BadInputException e) {
        assertThat(e.getMessage()).hasSizeLessThan(600).doesNotContain("\n");
        refused++;
      }
      assertThat(backend.liveBytes()).as("after round %d", round).isZero();
    }
    assertThat(refused).isGreaterThan(100);
  }

  @Test
  void damagedConfigurationsAreReadOrRefusedAndNothingElse() throws IOException {
    byte[] whole = Files.readAllBytes(file("functional_as_keras2.h5"));
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int start = text.indexOf("{\"class_name\"");
    int end = text.lastIndexOf("output_layers");
    Random random = new Random(8);
    int refused = 0;
    for (int round = 0; round < 300; round++) {
      byte[] damaged = whole.clone();
      for (int i = 0; i < 3; i++) {
        // Digits and letters in place of others keep it JSON more often than not.
        int at = start + random.nextInt(end - start);
        if (Character.isLetterOrDigit(damaged[at])) {
          damaged[at] = (byte) (Character.isDigit(damaged[at]) ? '0' + random.nextInt(10) : 'x');
        }
      }
      try (Network network = KerasImporter.read("damaged", damaged, backend)) {
        assertThat(network.layers()).isNotEmpty();
      } catch (BadInputException e) {
        assertThat(e.getMessage()).contains("damaged").hasSizeLessThan(600);
        refused++;
      }
      assertThat(backend.liveBytes()).as("after round %d", round).isZero();
    }
    assertThat(refused).isGreaterThan(50);
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Path file) {
    return assertThatThrownBy(() -> KerasImporter.read(file, backend).close())
        .isInstanceOf(BadInputException.class)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
