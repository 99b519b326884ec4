package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of Keras 1 and 2, of Theano and TensorFlow, against the same models built again. */
class OldFilesTest extends OnReference {
  private static final Map<String, Npy> GOLDENS =
      Npy.readArchive("old.npz", OldFilesTest.class.getResourceAsStream("old.npz"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "examples__12net.h5",
        "fullconfigs__cnn__cnn_batch_norm.h5",
        "keras__simple__cnn_tf_model.h5",
        "keras__simple__cnn_tf_weights.h5",
        "tfkeras__cnn2d_40.h5",
        "tfkeras__cnn2d_64.h5",
        "weights__batch_to_conv2d_tensorflow_1.h5",
        "weights__batch_to_conv2d_theano_1.h5",
        "weights__conv2d_reshape_tensorflow_1.h5",
        "weights__conv2d_reshape_tensorflow_2.h5",
        "weights__conv2d_reshape_theano_1.h5",
        "weights__conv2d_reshape_theano_2.h5",
        "weights__conv2d_theano_1.h5",
        "weights__simpleconv2d.hdf5"
      })
  void aModelOfKeras1Or2ComputesWhatItDidThere(String name) throws IOException {
    Map<String, Npy> layers = new TreeMap<>();
    GOLDENS.forEach(
        (key, array) -> {
          if (key.startsWith(name + ":")) {
            layers.put(key.substring(name.length() + 1), array);
          }
        });
    Npy x = layers.remove("x");
    assertThat(layers).isNotEmpty();
    try (Network network = open(name)) {
      check(network, x, layers);
    }
  }

  /** What Keras 1.1.2 itself had printed; the text has the channels first. */
  @Test
  void anOutputThatKeras1WroteDownComesOutAgain() throws IOException {
    double[] channels = numbers("keras__simple__cnn_tf_input.txt");
    float[] pixels = new float[192];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) channels[i % 3 * 64 + i / 3];
    }
    try (Network network = open("keras__simple__cnn_tf_model.h5");
        Scope scope = new Scope(backend);
        Run run = network.forward(scope.of(Shape.of(1, 8, 8, 3), pixels))) {
      double[] expected = numbers("keras__simple__cnn_tf_output.txt");
      double[] found = run.output().toDoubles();
      for (int i = 0; i < 3; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  private static double[] numbers(String file) throws IOException {
    String text = Files.readString(file("keras2/" + file)).strip();
    return Arrays.stream(text.split("\\s+")).mapToDouble(Double::parseDouble).toArray();
  }

  private Network open(String name) throws IOException {
    Path path = file("keras2/" + name);
    if (!name.endsWith("_weights.h5")) {
      return KerasImporter.read(path, backend);
    }
    Path config = file("keras2/" + name.replace("_weights.h5", "_config.json"));
    Architecture structure = Architecture.of("simple", Files.readString(config));
    return KerasImporter.read(path, structure, backend);
  }

  private static void check(Network network, Npy x, Map<String, Npy> layers) {
    int[] input = network.inputShape().dims();
    int[] given = x.shape();
    boolean first = given.length == 4 && given[3] != input[3];
    for (int axis = 0; axis < 3; axis++) { // sizes that the model leaves open
      input[axis] = input[axis] == 0 || axis == 0 ? given[axis] : input[axis];
    }
    String[] listened = layers.keySet().toArray(String[]::new);
    try (Scope scope = new Scope(network.backend());
        Run run =
            network.forward(
                scope.of(Shape.of(input), LayersTest.Expected.engines(x, first)),
                Listen.to(listened))) {
      layers.forEach(
          (layer, expected) -> {
            Tensor found = run.output(layer);
            LayersTest.Expected.assertOutput(layer, found, expected, 2e-5);
          });
    }
  }
}
