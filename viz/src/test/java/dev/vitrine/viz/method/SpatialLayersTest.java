package dev.vitrine.viz.method;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SpatialLayersTest {

  @ParameterizedTest
  @CsvSource({
    "squeezenet, fire9_concat, fire2_concat fire5_concat fire9_concat",
    "squeezenet, conv1, conv1",
    "tiny_vgg, relu_2_2, relu_1_1 relu_2_1 relu_2_2",
    "tiny_vgg, relu_1_2, relu_1_1 relu_1_2"
  })
  void depthsLieOnTheWayThatAllOfTheInputTakes(String name, String last, String expected) {
    try (Backend backend = Backends.open("reference", false, note -> {});
        Model model = Models.open(name, backend, Overrides.NONE)) {
      assertThat(SpatialLayers.depths(model.network(), model.network().inputShape(), last))
          .containsExactly(expected.split(" "));
    }
  }
}
