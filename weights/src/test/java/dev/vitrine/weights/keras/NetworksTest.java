package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.Json;
import dev.vitrine.weights.array.Npy;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The networks of the articles, filled with generated weights, against what Keras and PyTorch
 * compute in float64; see networks/make_networks.py.
 */
class NetworksTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vgg16, 138357544, predictions.pre",
    "vgg19, 143667240, predictions.pre",
    "inception_v3, 23851784, predictions.pre",
    "resnet50, 25636712, predictions.pre",
    "mobilenet, 4253864, reshape_2",
    "xception, 22910480, predictions.pre",
    "cats_and_dogs_small_2, 3453121, dense_2.pre",
    "vgg16_bn, 138374440, predictions",
    "alexnet, 61100840, predictions"
  })
  void aNetworkOfTheArticlesComputesWhatItDoesThere(String name, long weights, String logits) {
    Golden golden = Golden.of(name);
    try (Backend backend = Backends.open("cpu", false, line -> {})) {
      try (Network network = golden.network(backend);
          Scope scope = new Scope(backend)) {
        assertThat(network.parameterCount()).isEqualTo(weights);
        golden.check(network, scope, logits);
      }
      assertThat(backend.liveBytes()).as("live bytes after closing").isZero();
    }
  }

  @Test
  void torchvisionsNamesStandForLayers() {
    Map<String, String> names = new TreeMap<>();
    Architecture.VGG16_BN
        .config("a test")
        .layers()
        .forEach(l -> l.settings().modules().forEach(m -> names.put(m, l.name())));
    assertThat(names)
        .containsEntry("features.0", "block1_conv1")
        .containsEntry("features.40", "block5_conv3")
        .containsEntry("features.42", "block5_relu3")
        .containsEntry("features.43", "block5_pool");
  }

  /** What was written down of one network. */
  private record Golden(String name, Map<?, ?> about, Map<String, Npy> arrays) {

    static Golden of(String name) {
      Map<?, ?> about = (Map<?, ?>) Json.read(name, text(name + ".json"));
      Map<String, Npy> arrays =
          Npy.readArchive(
              name + ".npz", NetworksTest.class.getResourceAsStream("networks/" + name + ".npz"));
      return new Golden(name, about, arrays);
    }

    private static String text(String file) {
      try (InputStream in = NetworksTest.class.getResourceAsStream("networks/" + file)) {
        return new String(in.readAllBytes(), UTF_8);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    Network network(Backend backend) {
      GeneratedWeights weights = new GeneratedWeights();
      boolean torch = architecture() != null && isTorch();
      for (Object entry : (List<?>) about.get("weights")) {
        String array = (String) ((List<?>) entry).get(0);
        int end = array.lastIndexOf(torch ? '.' : '/');
        List<Integer> dims = new ArrayList<>();
        ((List<?>) ((List<?>) entry).get(1)).forEach(d -> dims.add(((Long) d).intValue()));
        Shape shape = Shape.of(dims.stream().mapToInt(d -> d).toArray());
        String role = array.substring(end + 1);
        weights.add(array.substring(0, end), role, shape, summands(shape, torch, array));
      }
      Origin origin = torch ? Origin.TORCH : Origin.KERAS3;
      return NetworkReader.read(name, config(), weights, origin, backend);
    }

    /** The weights; normalizations without a gamma in Keras have ones here, which are none. */
    long count(Network network) {
      boolean without = name.equals("inception_v3");
      return network.parameters().stream()
          .filter(p -> !without || !p.name().endsWith("/gamma"))
          .mapToLong(p -> p.value().shape().size())
          .sum();
    }

    /** How many numbers an output of a kernel is a sum of. */
    private int summands(Shape shape, boolean torch, String array) {
      if (shape.rank() < 2) {
        return 1;
      }
      boolean depthwise =
          array.endsWith("depthwise_kernel") || (array.startsWith("conv_dw") && shape.rank() == 4);
      return depthwise
          ? shape.dim(0) * shape.dim(1)
          : (int) (shape.size() / shape.dim(torch ? 0 : -1));
    }

    private boolean isTorch() {
      return architecture() == Architecture.VGG16_BN || architecture() == Architecture.ALEXNET;
    }

    private ModelConfig config() {
      return architecture() == null
          ? ModelConfig.parse(name, text(name + "_config.json"))
          : architecture().config(name);
    }

    private Architecture architecture() {
      return switch (name) {
        case "vgg16" -> Architecture.VGG16;
        case "vgg19" -> Architecture.VGG19;
        case "inception_v3" -> Architecture.INCEPTION_V3;
        case "resnet50" -> Architecture.RESNET50;
        case "mobilenet" -> Architecture.MOBILENET;
        case "xception" -> Architecture.XCEPTION;
        case "vgg16_bn" -> Architecture.VGG16_BN;
        case "alexnet" -> Architecture.ALEXNET;
        default -> null;
      };
    }

    void check(Network network, Scope scope, String logits) {
      int h = network.inputShape().dim(1);
      int w = network.inputShape().dim(2);
      assertThat(List.of(1L, (long) h, (long) w, 3L)).isEqualTo(about.get("input"));
      String noise = name + " input " + about.get("noise");
      Tensor x = scope.of(Shape.of(1, h, w, 3), GeneratedWeights.uniform(noise, h * w * 3, -1, 1));
      List<String> layers = new ArrayList<>(List.of(logits));
      arrays.keySet().stream()
          .filter(network::has)
          .forEach(key -> layers.add(network.layer(key).name()));
      assertThat(layers).hasSize(arrays.size() - 1);
      Listen listen = Listen.to(layers.toArray(String[]::new)).withGradients();
      try (Run run = network.forward(x, listen)) {
        arrays.keySet().stream()
            .filter(network::has)
            .forEach(key -> compare(key, run.output(network.layer(key).name()).toFloats(), 1e-4));
        Tensor scores = run.output(logits);
        compare("logits", scores.toFloats(), 1e-4);
        float[] one = new float[(int) scores.shape().size()];
        one[((Long) about.get("class")).intValue()] = 1;
        Map<Tensor, Tensor> seed = Map.of(scores, scope.of(scores.shape(), one));
        // Some ReLUs and windows fall the other way by rounding alone.
        double itself = (Double) about.get("distance");
        compare(
            "gradient",
            run.backward(seed, List.of(x)).at(x).toFloats(),
            Math.max(1e-4, 2 * itself));
      }
    }

    /** Holds the kept numbers, and the mean magnitude of all. */
    private void compare(String key, float[] found, double tolerance) {
      Map<?, ?> expected = (Map<?, ?>) ((Map<?, ?>) about.get("arrays")).get(key);
      float[] kept = arrays.get(key).floats();
      double largest = ((Number) expected.get("largest")).doubleValue();
      assertThat((long) found.length).as(key).isEqualTo(expected.get("size"));
      double worst = 0;
      double sum = 0;
      for (int i = 0; i < kept.length; i++) {
        int at = found.length <= kept.length ? i : (int) (i * 2654435761L % found.length);
        worst = Math.max(worst, Math.abs(found[at] - kept[i]));
      }
      for (float value : found) {
        sum += Math.abs(value);
      }
      assertThat(worst)
          .as(String.format(Locale.ROOT, "%s of %s, of at most %.3g", key, name, largest))
          .isLessThan(tolerance * largest);
      double mean = ((Number) expected.get("mean")).doubleValue();
      assertThat(sum / found.length)
          .as("mean magnitude of %s of %s", key, name)
          .isCloseTo(mean, within(tolerance * largest));
    }
  }
}
