package dev.vitrine.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.OnReference;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Sliding;
import java.util.List;
import org.junit.jupiter.api.Test;

class BuilderTest extends OnReference {
  private static final Shape IMAGE = Shape.of(1, 4, 4, 2);

  @Test
  void aNameStandsForOneLayer() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      b.layer("relu", new Relu());
      assertThatThrownBy(() -> b.layer("relu", new Relu()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("layer relu stands in the network twice");
      assertThatThrownBy(() -> b.layer("image", new Relu())).hasMessageContaining("twice");
      assertThatThrownBy(() -> b.layer("next", new Relu(), List.of("later"), List.of()))
          .hasMessage("layer next reads later, which is unknown");
      assertThat(b.last()).isEqualTo("relu");
    }
  }

  @Test
  void theInputComesFirstAndOnce() {
    try (NetworkBuilder b = Network.on(backend)) {
      assertThatThrownBy(() -> b.layer("relu", new Relu()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no input yet");
      assertThatThrownBy(b::build).hasMessageContaining("no input yet");
      assertThatThrownBy(() -> b.input("rows", Shape.of(1, 7)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input rows is [1, 7], it should be [1, h, w, c]");
      b.input("image", IMAGE);
      assertThatThrownBy(() -> b.input("second", IMAGE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("input second comes after input image");
    }
  }

  @Test
  void theOutputMustBeALayer() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      assertThatThrownBy(b::build).isInstanceOf(UnknownLayerException.class);
      b.layer("relu", new Relu()).output("logits");
      assertThatThrownBy(b::build)
          .isInstanceOf(UnknownLayerException.class)
          .hasMessageContaining("'logits'");
    }
  }

  @Test
  void shapesAreCheckedWithTheLayersName() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      b.layer("relu", new Relu());
      b.layer("fc", new Dense(), b.parameter("fc/w", Shape.of(3, 3), new float[9]));
      assertThatThrownBy(b::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "layer fc: weights [3, 3] do not fit rows [1, 4, 4, 2] (for an input of [1, 4, 4, 2])");
    }
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void aLayerWithTooFewInputsIsNamed() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      b.layer("sum", new Arithmetic(Binary.ADD));
      assertThatThrownBy(b::build).hasMessageContaining("layer sum: Add takes 2 input(s)");
    }
  }

  @Test
  void imagesThatDoNotFitAreRefusedWithTheLayersName() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 0, 0, 1))) {
      b.layer(
          "conv",
          new Conv2d(Sliding.valid(3, 3, 1, 1)),
          b.parameter("k", Shape.of(3, 3, 1, 1), new float[9]));
      try (Network network = b.build()) {
        assertThat(network.shapes(Shape.of(2, 5, 3, 1)))
            .containsEntry("conv", Shape.of(2, 3, 1, 1));
        assertThatThrownBy(() -> network.forward(scope.filled(Shape.of(1, 2, 9, 1), 0)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("layer conv: an image of 2 by 9 is too small");
        assertThatThrownBy(() -> network.forward(scope.filled(Shape.of(1, 9, 9, 3), 0)))
            .hasMessageContaining("input [1, 9, 9, 3] does not fit the network");
        assertThatThrownBy(
                () -> network.forward(scope.filled(Shape.of(1, 9, 9, 1), 0), Listen.to("conv7")))
            .isInstanceOf(UnknownLayerException.class);
      }
    }
  }

  @Test
  void twoWeightsOfOneNameAreRefused() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      Conv2d op = new Conv2d(Sliding.valid(1, 1, 1, 1));
      b.layer("a", op, b.parameter("k", Shape.of(1, 1, 2, 2), new float[4]));
      b.layer("b", op, b.parameter("k", Shape.of(1, 1, 2, 2), new float[4]));
      assertThatThrownBy(b::build)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("two weights are called k");
    }
  }

  @Test
  void aBuilderBuildsOnceAndGivesItsWeightsAway() {
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE)) {
      Parameter unused = b.parameter("unused", Shape.of(5), new float[5]);
      Parameter k = b.parameter("k", Shape.of(1, 1, 2, 2), new float[4]);
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), k);
      try (Network network = b.build()) {
        assertThat(unused.value().isOpen()).isFalse();
        assertThat(network.parameterCount()).isEqualTo(4);
        assertThatThrownBy(b::build).isInstanceOf(IllegalStateException.class);
        b.close();
        assertThat(k.value().isOpen()).isTrue();
      }
      assertThat(k.value().isOpen()).isFalse();
    }
  }

  @Test
  void weightGradientsImplyGradients() {
    assertThat(new Listen(java.util.Set.of(), false, true).gradients()).isTrue();
    try (NetworkBuilder b = Network.on(backend).input("image", IMAGE);
        Network network = b.layer("relu", new Relu()).build();
        Run run = network.forward(scope.filled(IMAGE, 1))) {
      assertThatThrownBy(() -> run.backward(java.util.Map.of(), List.of()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("use Listen.withGradients()");
    }
  }
}
