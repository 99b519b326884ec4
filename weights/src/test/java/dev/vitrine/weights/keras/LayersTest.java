package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of layer, and each way to save it, against what Keras computes and sends back. */
class LayersTest extends OnReference {
  private static final Map<String, Npy> GOLDENS =
      Npy.readArchive("layers.npz", LayersTest.class.getResourceAsStream("layers.npz"));

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "layers.h5, layers, 30",
    "layers.keras, layers, 30",
    "activations.h5, activations, 32",
    "first.h5, first, 25",
    "nested.h5, nested, 5",
    "nested.keras, nested, 5",
    "nested_frozen.h5, nested, 5",
    "chain.h5, chain, 1",
    "chain.keras, chain, 1",
    "map.h5, map, 2",
    "row.h5, row, 2"
  })
  void everyLayerComputesAndSendsBackWhatItDoesInKeras(String file, String golden, int layers) {
    Expected expected = Expected.of(golden);
    assertThat(expected.layers()).hasSize(layers);
    try (Network network = KerasImporter.read(file(file), backend)) {
      expected.check(network, 2e-5);
    }
    try (Backend cpu = Backends.open("cpu", false, line -> {});
        Network network = KerasImporter.read(file(file), cpu)) {
      expected.check(network, 5e-5);
    }
  }

  @Test
  void weightsAloneFillAStructureWithNestedModels() throws IOException {
    Path json = Path.of(file("chain.h5").toUri()).resolveSibling("../nested_config.json");
    Architecture structure = Architecture.of("nested", Files.readString(json));
    try (Network network = KerasImporter.read(file("nested.weights.h5"), structure, backend)) {
      Expected.of("nested").check(network, 2e-5);
    }
  }

  @Test
  void aNestedModelsLayersStandUnderItsNameAndShareTheirWeights() {
    try (Network network = KerasImporter.read(file("nested.h5"), backend)) {
      assertThat(network.layers())
          .extracting(Layer::name)
          .contains("base/conv", "base/conv#1", "middle/head/conv", "before")
          .doesNotContain("base", "middle/head", "base/tile");
      assertThat(network.layer("base/conv#1.pre").parameters())
          .isEqualTo(network.layer("base/conv.pre").parameters());
      assertThat(network.output()).isEqualTo("scores");
    }
  }

  @Test
  void imagesWhoseChannelsComeFirstAreTurnedAround() {
    try (Network network = KerasImporter.read(file("first.h5"), backend)) {
      assertThat(network.inputShape()).isEqualTo(Shape.of(1, 8, 10, 3));
    }
  }

  /** What Keras computed for one model. */
  record Expected(Npy x, Npy seed, Npy gradient, Map<String, Npy> layers) {

    static Expected of(String name) {
      Map<String, Npy> layers = new TreeMap<>();
      GOLDENS.forEach(
          (key, array) -> {
            if (key.startsWith(name + ":")) {
              layers.put(key.substring(name.length() + 1), array);
            }
          });
      return new Expected(
          layers.remove("x"), layers.remove("seed"), layers.remove("gradient"), layers);
    }

    void check(Network network, double tolerance) {
      int[] input = network.inputShape().dims();
      boolean first = x.shape().length == 4 && x.shape()[3] != input[3];
      try (Scope scope = new Scope(network.backend())) {
        input[0] = x.shape()[0];
        Tensor pixels = scope.of(Shape.of(input), engines(x, first));
        String[] listened = layers.keySet().toArray(String[]::new);
        try (Run run = network.forward(pixels, Listen.to(listened).withGradients())) {
          layers.forEach(
              (layer, array) -> assertOutput(layer, run.output(layer), array, tolerance));
          Tensor y = run.output();
          float[] at = engines(seed, y.shape().rank() == 4 && seed.shape()[3] != y.shape().dim(3));
          Map<Tensor, Tensor> seeds = Map.of(y, scope.of(y.shape(), at));
          float[] found = run.backward(seeds, List.of(pixels)).at(pixels).toFloats();
          assertClose("gradient", found, engines(gradient, first), 5 * tolerance);
        }
      }
    }

    /** Keras' channels may come first, and in a flattened image as well. */
    static void assertOutput(String layer, Tensor found, Npy expected, double tolerance) {
      int[] shape = found.shape().dims();
      boolean first = shape.length == 4 && !Shape.of(expected.shape()).equals(found.shape());
      if (layer.startsWith("flat") && layer.length() == 4 || layer.equals("dropped")) {
        assertThat(found.shape().size()).isEqualTo(Shape.of(expected.shape()).size());
        return; // in the engine's order; the Dense layer after it says whether it is right
      }
      assertClose(layer, found.toFloats(), engines(expected, first), tolerance);
    }

    static float[] engines(Npy array, boolean first) {
      if (!first) {
        return array.floats();
      }
      int[] d = array.shape();
      float[] from = array.floats();
      float[] to = new float[from.length];
      int at = 0;
      for (int n = 0; n < d[0]; n++) {
        for (int y = 0; y < d[2]; y++) {
          for (int x = 0; x < d[3]; x++) {
            for (int c = 0; c < d[1]; c++) {
              to[at++] = from[((n * d[1] + c) * d[2] + y) * d[3] + x];
            }
          }
        }
      }
      return to;
    }

    private static void assertClose(
        String what, float[] found, float[] expected, double tolerance) {
      assertThat(found).as(what).hasSameSizeAs(expected);
      float largest = 0;
      int worst = 0;
      for (int i = 0; i < expected.length; i++) {
        largest = Math.max(largest, Math.abs(expected[i]));
        if (!(Math.abs(found[i] - expected[i]) <= Math.abs(found[worst] - expected[worst]))) {
          worst = i;
        }
      }
      assertThat(found[worst])
          .as("number %d of %s, the worst; the largest is %s", worst, what, largest)
          .isCloseTo(expected[worst], within((float) tolerance * largest));
    }
  }
}
