package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.array.Npy;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights alone into VGG16's structure, on a stand-in with a sixteenth of its channels. */
class Vgg16Test extends OnReference {
  private static final Map<String, Npy> GOLDENS =
      Npy.readArchive("narrow_vgg16.npz", Vgg16Test.class.getResourceAsStream("narrow_vgg16.npz"));

  /** The logit whose gradient is among the goldens. */
  private static final int CLASS = 7;

  private static final Architecture NARROW = narrow();

  @TempDir Path folder;

  @Test
  void theStructureHasVgg16sParameters() {
    List<Long> convolutions =
        List.of(
            1792L, 36928L, 73856L, 147584L, 295168L, 590080L, 590080L, 1180160L, 2359808L, 2359808L,
            2359808L, 2359808L, 2359808L);
    List<Long> all = new ArrayList<>(convolutions);
    all.addAll(List.of(102764544L, 16781312L, 4097000L));
    assertThat(parameters(Architecture.VGG16)).isEqualTo(all);
    assertThat(parameters(Architecture.VGG16_NO_TOP)).isEqualTo(convolutions);
    assertThat(all.stream().mapToLong(n -> n).sum()).isEqualTo(138_357_544);
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void theStandInComputesWhatItDoesInKeras(String device) {
    try (Backend backend = Backends.open(device, false, line -> {});
        Network network = KerasImporter.read(file("narrow_vgg16.h5"), NARROW, backend);
        Scope scope = new Scope(backend)) {
      assertThat(network.layers())
          .extracting(Layer::name)
          .startsWith("block1_conv1.pre", "block1_conv1", "block1_conv2.pre", "block1_conv2")
          .containsSubsequence("block5_pool", "flatten", "fc1.pre", "fc1", "fc2.pre", "fc2")
          .endsWith("predictions.pre", "predictions");
      Tensor x = scope.of(Shape.of(1, 64, 64, 3), GOLDENS.get("x").floats());
      List<String> layers =
          GOLDENS.keySet().stream().filter(key -> network.has(key)).sorted().toList();
      assertThat(layers).hasSize(7);
      Listen listen = Listen.to(layers.toArray(String[]::new)).withGradients();
      try (Run run = network.forward(x, listen)) {
        layers.forEach(layer -> assertGolden(layer, run.output(layer).toFloats(), 1e-5f));
        float[] one = new float[10];
        one[CLASS] = 1;
        Tensor logits = run.output("predictions.pre");
        Map<Tensor, Tensor> seed = Map.of(logits, scope.of(logits.shape(), one));
        float[] gradient = run.backward(seed, List.of(x)).at(x).toFloats();
        assertGolden("gradient", gradient, 1e-4f);
      }
    }
  }

  @Test
  void layersAreTakenByTheirOrderWhateverTheyAreCalled() {
    WeightsFile weights = narrowWeights();
    Path named = weights.write(folder.resolve("named.h5"));
    Path numbered = weights.numbered().write(folder.resolve("numbered.h5"));
    try (Network one = KerasImporter.read(named, NARROW, backend);
        Network other = KerasImporter.read(numbered, NARROW, backend)) {
      for (int i = 0; i < one.parameters().size(); i++) {
        assertThat(other.parameters().get(i).name()).isEqualTo(one.parameters().get(i).name());
        assertThat(other.parameters().get(i).value().toFloats())
            .isEqualTo(one.parameters().get(i).value().toFloats());
      }
    }
    assertThat(Architecture.recognize(numbered)).isEmpty();
  }

  @Test
  void theanosKernelsAreTurnedAndItsRowsPutInOrder() {
    Path plain = narrowWeights().write(folder.resolve("plain.h5"));
    Path theano = narrowWeights().theano("fc1", 4).write(folder.resolve("theano.h5"));
    try (Network one = KerasImporter.read(plain, NARROW, backend);
        Network other = KerasImporter.read(theano, NARROW, backend)) {
      for (int i = 0; i < one.parameters().size(); i++) {
        assertThat(other.parameters().get(i).value().toFloats())
            .as(one.parameters().get(i).name())
            .isEqualTo(one.parameters().get(i).value().toFloats());
      }
      assertThat(other.inputShape()).isEqualTo(one.inputShape());
      assertThat(other.layers())
          .extracting(Layer::name)
          .isEqualTo(one.layers().stream().map(Layer::name).toList());
    }
  }

  @Test
  void theFirstTwoBlocksAreANetworkOfTheirOwn() {
    WeightsFile weights = WeightsFile.ofConvolutions(64);
    for (String layer : List.of("3_conv1", "3_conv2", "3_conv3", "4_conv1", "4_conv2", "4_conv3")) {
      weights.without("block" + layer);
    }
    for (int i = 1; i <= 3; i++) {
      weights.without("block5_conv" + i);
    }
    Path path = weights.write(folder.resolve("blocks.h5"));
    try (Network network = KerasImporter.read(path, backend)) {
      assertThat(network.parameterCount()).isEqualTo(260_160);
      assertThat(network.output()).isEqualTo("block2_pool");
      assertThat(network.layer("features.5").name()).isEqualTo("block2_conv1.pre");
      assertThat(network.layer("features.6").name()).isEqualTo("block2_conv1");
    }
  }

  @Test
  void whatTheWeightsAreForIsSeenFromTheLayersNames() {
    assertThat(Architecture.recognize(file("narrow_vgg16.h5"))).contains(Architecture.VGG16);
    Path noTop = WeightsFile.ofConvolutions(4).write(folder.resolve("notop.h5"));
    assertThat(Architecture.recognize(noTop)).contains(Architecture.VGG16_NO_TOP);
    assertThat(Architecture.recognize(file("functional.h5"))).isEmpty();
    assertThat(Architecture.recognize(file("only.weights.h5"))).isEmpty();
    Path vgg19 =
        WeightsFile.ofConvolutions(4)
            .with("block3_conv4", 3, 3, 16, 16)
            .with("block4_conv4", 3, 3, 32, 32)
            .with("block5_conv4", 3, 3, 32, 32)
            .write(folder.resolve("vgg19.h5"));
    assertThat(Architecture.recognize(vgg19)).contains(Architecture.VGG19_NO_TOP);
    Path other =
        new WeightsFile()
            .with("conv1", 7, 7, 3, 4)
            .with("predictions", 4, 10)
            .write(folder.resolve("other.h5"));
    assertThat(Architecture.recognize(other)).isEmpty();
  }

  @Test
  void aFileOfTheFirstLayersOnlyIsRefused() {
    WeightsFile weights = WeightsFile.ofConvolutions(4);
    for (String layer :
        List.of(
            "3_conv2", "3_conv3", "4_conv1", "4_conv2", "4_conv3", "5_conv1", "5_conv2",
            "5_conv3")) {
      weights.without("block" + layer);
    }
    Path path = weights.write(folder.resolve("cut.h5"));
    assertThat(Architecture.recognize(path)).contains(Architecture.VGG16_NO_TOP);
    assertRefused(path, Architecture.VGG16_NO_TOP)
        .hasMessage(
            "cut.h5: holds the weights of 5 layers, VGG16 without its top has 13; "
                + "block3_conv2 and 7 more are missing; fetch the file again, "
                + "or save a model of your own as a whole, model.save('model.h5')");
  }

  @Test
  void aLayerThatIsMissingIsNamed() {
    Path path = narrowWeights().without("block3_conv2").write(folder.resolve("bad.h5"));
    assertThat(Architecture.recognize(path)).contains(Architecture.VGG16);
    assertRefused(path, NARROW)
        .hasMessageContaining(
            "bad.h5: holds the weights of 15 layers, narrow VGG16 has 16; "
                + "block3_conv2 is missing; ");
  }

  @Test
  void aLayerTooManyIsNamed() {
    WeightsFile more =
        narrowWeights().with("block3_conv9", 3, 3, 16, 16).with("block4_conv9", 3, 3, 32, 32);
    Path path = more.write(folder.resolve("bad.h5"));
    assertThat(Architecture.recognize(path)).contains(Architecture.VGG16);
    assertRefused(path, NARROW)
        .hasMessageContaining(
            "holds the weights of 18 layers, narrow VGG16 has 16; "
                + "block3_conv9 and 1 more are too many; ");
  }

  @Test
  void layersInAnotherOrderAreRefusedThoughTheirShapesFit() {
    Path path =
        narrowWeights().swapped("block5_conv1", "block5_conv2").write(folder.resolve("bad.h5"));
    assertRefused(path, NARROW)
        .hasMessageContaining(
            "bad.h5: number 11 of the layers with weights is block5_conv2, "
                + "in narrow VGG16 it is block5_conv1; ");
  }

  @Test
  void otherClassesAreRefusedWithBothShapes() {
    Path path = narrowWeights().with("predictions", 256, 5).write(folder.resolve("bad.h5"));
    assertRefused(path, NARROW)
        .hasMessage(
            "predictions in bad.h5: kernel is [256, 5], the network expects [256, 10]; structure "
                + "and weights do not belong together: fetch the file again, "
                + "or save a model of your own as a whole, model.save('model.h5')");
  }

  @Test
  void aBiasThatIsMissingIsNamed() {
    Path path = narrowWeights().withoutBias("fc1").write(folder.resolve("bad.h5"));
    assertRefused(path, NARROW)
        .hasMessageContaining("fc1 in bad.h5: bias is missing: /fc1 lists only 1; ");
  }

  @Test
  void aWeightThatIsNotANumberIsNamed() {
    WeightsFile weights = narrowWeights();
    ((float[][]) weights.array("fc2", 0))[1][2] = Float.NaN;
    assertRefused(weights.write(folder.resolve("bad.h5")), NARROW)
        .hasMessageContaining("bad.h5: dataset /fc2/fc2_W_1:0 number 258 is NaN");
  }

  private AbstractThrowableAssert<?, ?> assertRefused(Path path, Architecture architecture) {
    return assertThatThrownBy(() -> KerasImporter.read(path, architecture, backend).close())
        .isInstanceOf(BadInputException.class);
  }

  private static WeightsFile narrowWeights() {
    return WeightsFile.ofConvolutions(4)
        .with("fc1", 128, 256)
        .with("fc2", 256, 256)
        .with("predictions", 256, 10);
  }

  private static void assertGolden(String name, float[] found, float tolerance) {
    float[] expected = GOLDENS.get(name).floats();
    assertThat(found).as(name).hasSameSizeAs(expected);
    float largest = 0;
    int worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      if (!(Math.abs(found[i] - expected[i]) <= Math.abs(found[worst] - expected[worst]))) {
        worst = i;
      }
    }
    assertThat(found[worst])
        .as("number %d of %s, the worst; the largest is %s", worst, name, largest)
        .isCloseTo(expected[worst], within(tolerance * largest));
  }

  private static List<Long> parameters(Architecture architecture) {
    List<Long> counts = new ArrayList<>();
    long channels = 3;
    int pixels = 224 * 224;
    for (LayerConfig layer : architecture.config("a test").layers()) {
      Settings s = layer.settings();
      switch (layer.kind()) {
        case "Conv2D" -> {
          counts.add((9 * channels + 1) * s.positive("filters"));
          channels = s.positive("filters");
        }
        case "Dense" -> {
          counts.add((channels + 1) * s.positive("units"));
          channels = s.positive("units");
        }
        case "MaxPooling2D" -> pixels /= 4;
        case "Flatten" -> channels *= pixels;
        default -> assertThat(layer.kind()).isEqualTo("InputLayer");
      }
    }
    return counts;
  }

  private static Architecture narrow() {
    try (InputStream in = Vgg16Test.class.getResourceAsStream("narrow_vgg16.json")) {
      return Architecture.of("narrow VGG16", new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
