package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import java.io.IOException;
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          only.weights.h5 | holds no model_config | model.save('model.h5')
          not_json.h5 | model_config: not JSON at line 1 | damaged
          """)
  void x(String file, String found, String advice) {
    refused(file, found, advice);
  }

  private void refused(String file, String... parts) {
    assertThatThrownBy(() -> KerasImporter.read(file(file), backend))
        .isInstanceOf(BadInputException.class)
        .satisfies(e -> System.out.println(e.getMessage()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "only.weights.h5", "not_json.h5", "float16.h5", "hollow.h5", "int8.h5", "mish.h5", "nan.h5",
        "no_dataset.h5", "no_filters.h5", "subclassed.h5", "too_few.h5", "too_many.h5",
        "two_outputs.h5", "unfed.h5", "unwritten.h5", "wrong_shape.h5", "keras2/channels_first.h5",
        "keras2/keras1.h5", "keras2/theano.h5", "keras2/upsampling.h5"
      })
  void show(String file) {
    refused(file);
  }
}
