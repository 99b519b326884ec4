package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.UnknownLayerException;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Overrides;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FeatureTest {
  private final Backend backend = Backends.open("cpu", false, line -> {});
  private final Model squeezenet = Models.open("squeezenet", backend, Overrides.NONE);
  private final Model tiny = Models.open("tiny_vgg", backend, Overrides.NONE);

  @AfterAll
  void close() {
    squeezenet.close();
    tiny.close();
    backend.close();
  }

  @Test
  void aChannelIsLookedForBeforeItsRelu() {
    Network network = squeezenet.network();
    assertThat(Feature.beforeRelu(network, "conv1", 3)).hasToString("conv1.pre:3");
    assertThat(Feature.beforeRelu(network, "conv1.pre", 3)).hasToString("conv1.pre:3");
    assertThat(Feature.beforeRelu(tiny.network(), "relu_1_2", 3)).hasToString("conv_1_2:3");
    assertThat(Feature.beforeRelu(tiny.network(), "conv_1_2", 3)).hasToString("conv_1_2:3");
  }

  @Test
  void aChannelOfLayersSideBySideIsTheOneItComesFrom() {
    Network network = squeezenet.network();
    assertThat(Feature.beforeRelu(network, "fire3_concat", 63))
        .hasToString("fire3_expand1x1.pre:63");
    assertThat(Feature.beforeRelu(network, "fire3_concat", 64))
        .hasToString("fire3_expand3x3.pre:0");
    assertThat(Feature.beforeRelu(network, "drop9", 511)).hasToString("fire9_expand3x3.pre:255");
  }

  @Test
  void aPooledMapIsMaximizedAsItIs() {
    assertThat(Feature.beforeRelu(squeezenet.network(), "pool4", 7)).hasToString("pool4:7");
  }

  @Test
  void aClassThatIsTheMeanOfAMapIsThatMap() {
    assertThat(Feature.logit(squeezenet.network(), Prediction.layer(squeezenet), 130))
        .hasToString("conv10.pre:130");
  }

  @Test
  void aClassOfADenseLayerIsItsLogit() {
    assertThat(Feature.logit(tiny.network(), Prediction.layer(tiny), 9))
        .hasToString("output.pre:9");
  }

  @Test
  void whatIsNotThereIsRefused() {
    Network network = squeezenet.network();
    assertThatThrownBy(() -> Feature.beforeRelu(network, "fire3_concat", 128))
        .isInstanceOf(BadInputException.class)
        .hasMessage("layer fire3_concat has no channel 128: it has 0 to 127");
    assertThatThrownBy(() -> Feature.beforeRelu(network, "fire3", 0))
        .isInstanceOf(UnknownLayerException.class);
  }
}
