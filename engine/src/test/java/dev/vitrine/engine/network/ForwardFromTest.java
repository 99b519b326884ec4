package dev.vitrine.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that begins at a layer does what the rest of a whole run does. */
class ForwardFromTest extends OnEveryBackend {
  private Network network;

  @BeforeEach
  void build() {
    network = Networks.rooms(backend, 8);
  }

  @AfterEach
  void close() {
    network.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"conv1", "relu2", "pool", "concat", "flatten", "logits"})
  void outputsAndGradientsAreThoseOfAWholeRun(String layer) {
    Tensor x = new Seeded(4).tensor(scope, Networks.ROOMS_INPUT);
    try (Run whole = network.forward(x, Listen.to(layer, "logits").withGradients());
        Run rest =
            network.forwardFrom(layer, whole.output(layer), Listen.to("logits").withGradients())) {
      Agreement.check(layer, rest.output().toDoubles(), whole.output().toDoubles(), 1e-6);
      Tensor seed = new Seeded(5).tensor(scope, whole.output("logits").shape());
      Tensor expected =
          whole
              .backward(Map.of(whole.output("logits"), seed), List.of(whole.output(layer)))
              .at(whole.output(layer));
      if (!layer.equals("logits")) {
        Tensor found =
            rest.backward(Map.of(rest.output("logits"), seed), List.of(rest.input()))
                .at(rest.input());
        Agreement.check(layer, found.toDoubles(), expected.toDoubles(), 1e-5);
      }
    }
  }

  @Test
  void severalImagesMayBeginThereThoughTheFirstRunHadOne() {
    Tensor maps = new Seeded(6).tensor(scope, Shape.of(7, 6, 5, 3));
    try (Run rest = network.forwardFrom("relu2", maps, Listen.toOutput())) {
      assertThat(rest.output().shape()).isEqualTo(Shape.of(7, 4));
    }
  }

  @Test
  void whatDependsOnOtherLayersTooIsRefused() {
    Tensor maps = new Seeded(6).tensor(scope, Shape.of(2, 6, 5, 3));
    assertThatThrownBy(() -> network.forwardFrom("bn2", maps, Listen.toOutput()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from layer bn2")
        .hasMessageContaining("other layers");
    assertThatThrownBy(() -> network.forwardFrom("relu2", maps, Listen.only("conv1")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> network.forwardFrom("nowhere", maps, Listen.toOutput()))
        .isInstanceOf(UnknownLayerException.class);
  }

  @Test
  void mapsOfAnotherShapeAreRefusedByTheLayerThatTheyDoNotFit() {
    Tensor maps = new Seeded(6).tensor(scope, Shape.of(2, 6, 5, 4));
    assertThatThrownBy(() -> network.forwardFrom("relu2", maps, Listen.toOutput()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("left");
  }
}
