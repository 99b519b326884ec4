package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.weights.array.Npy;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models of a few layers against what Keras computes for each of them. */
class KerasImporterTest extends OnReference {
  private static final Map<String, Npy> GOLDENS =
      Npy.readArchive("goldens.npz", KerasImporterTest.class.getResourceAsStream("goldens.npz"));

  @ParameterizedTest
  @CsvSource({
    "functional.h5, functional",
    "functional_as_keras2.h5, functional",
    "sequential.h5, sequential",
    "keras2/fullconfigs__cnn__cnn_batch_norm.h5, cnn_batch_norm"
  })
  void everyLayerComputesWhatItDoesInKeras(String file, String golden) {
    Map<String, Npy> layers = new TreeMap<>();
    GOLDENS.forEach(
        (key, array) -> {
          if (key.startsWith(golden + ":")) {
            layers.put(key.substring(golden.length() + 1), array);
          }
        });
    Npy x = layers.remove("x");
    assertThat(layers.size()).isGreaterThan(3);
    try (Network network = KerasImporter.read(file(file), backend);
        Scope scope = new Scope(backend);
        Run run =
            network.forward(
                scope.of(Shape.of(x.shape()), x.floats()),
                Listen.to(layers.keySet().toArray(String[]::new)))) {
      layers.forEach(
          (layer, expected) -> {
            assertThat(run.output(layer).shape()).as(layer).isEqualTo(Shape.of(expected.shape()));
            float[] found = run.output(layer).toFloats();
            for (int i = 0; i < found.length; i++) {
              assertThat(found[i])
                  .as("%s of %s, number %d", layer, file, i)
                  .isCloseTo(expected.floats()[i], within(1e-5f));
            }
          });
    }
  }

  @Test
  void anActivationInALayerIsALayerOfItsOwn() {
    try (Network network = KerasImporter.read(file("functional.h5"), backend)) {
      assertThat(network.layer("conv.pre").op()).isInstanceOf(Conv2d.class);
      assertThat(network.layer("conv.pre").parameters())
          .extracting(Parameter::name)
          .containsExactly("conv/kernel", "conv/bias");
      assertThat(network.layer("conv").op()).isEqualTo(new Relu());
      assertThat(network.layer("conv").inputs()).containsExactly("conv.pre");
      assertThat(network.layer("right").op()).isInstanceOf(Conv2d.class);
      assertThat(network.has("right.pre")).isFalse();
    }
  }

  @Test
  void aLayerThatIsCalledThreeTimesSharesItsWeights() {
    try (Network network = KerasImporter.read(file("functional.h5"), backend)) {
      List<Parameter> first = network.layer("shared.pre").parameters();
      assertThat(network.layer("shared#1.pre").parameters().get(0)).isSameAs(first.get(0));
      assertThat(network.layer("shared#2.pre").parameters().get(1)).isSameAs(first.get(1));
      assertThat(network.layer("shared#2.pre").inputs()).containsExactly("shared");
      assertThat(network.parameters()).doesNotHaveDuplicates();
    }
  }

  @Test
  void bothGrammarsGiveTheSameNetwork() {
    try (Network three = KerasImporter.read(file("functional.h5"), backend);
        Network two = KerasImporter.read(file("functional_as_keras2.h5"), backend)) {
      assertThat(two.layers()).extracting(Layer::name).hasSize(38);
      assertThat(two.layers().stream().map(KerasImporterTest::withoutWeights))
          .containsExactlyElementsOf(
              three.layers().stream().map(KerasImporterTest::withoutWeights).toList());
      assertThat(two.parameterCount()).isEqualTo(three.parameterCount());
      assertThat(two.output()).isEqualTo("probabilities");
    }
  }

  private static Layer withoutWeights(Layer layer) {
    return new Layer(layer.name(), layer.op(), layer.inputs(), List.of());
  }

  @Test
  void whatIsFoldedOfSeveralInputsEndsInTheLayersName() {
    try (Network network = KerasImporter.read(file("functional.h5"), backend)) {
      assertThat(network.layer("total.1").inputs()).containsExactly("shared", "shared#1");
      assertThat(network.layer("total").inputs()).containsExactly("total.1", "shared#2");
      assertThat(network.layer("joined").inputs()).containsExactly("difference", "total", "pool");
    }
  }

  @Test
  void aHeightAndWidthThatTheModelLeavesOpenAreZero() {
    try (Network network = KerasImporter.read(file("sequential.h5"), backend)) {
      assertThat(network.inputShape()).isEqualTo(Shape.of(1, 0, 0, 2));
      assertThat(network.shapes(Shape.of(1, 20, 30, 2)).get("conv"))
          .isEqualTo(Shape.of(1, 18, 28, 3));
    }
  }

  @Test
  void aModelWithoutAnInputLayerHasOneNamedAfterItsFirstLayer() {
    try (Network network =
        KerasImporter.read(file("keras2/fullconfigs__cnn__cnn_batch_norm.h5"), backend)) {
      assertThat(network.input()).isEqualTo("conv2d_1_input");
      assertThat(network.inputShape()).isEqualTo(Shape.of(1, 10, 10, 3));
      assertThat(network.output()).isEqualTo("dense_1");
    }
  }

  @Test
  void compressedFloat64IsRounded() {
    try (Network plain = KerasImporter.read(file("plain.h5"), backend);
        Network wide = KerasImporter.read(file("float64.h5"), backend)) {
      assertThat(wide.layer("conv").parameters().get(0).value().toFloats())
          .containsExactly(plain.layer("conv").parameters().get(0).value().toFloats());
    }
  }
}
