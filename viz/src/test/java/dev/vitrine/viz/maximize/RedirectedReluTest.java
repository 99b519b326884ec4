package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Relu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On a network that is one ReLU: what is seeded at its output is what the rule is given. */
final class RedirectedReluTest {
  private final Backend backend = Backends.open("reference", false, line -> {});
  private final Network network = network();

  private Network network() {
    try (NetworkBuilder b = Network.on(backend).input("x", Shape.of(1, 2, 2, 1))) {
      return b.layer("relu", new Relu()).build();
    }
  }

  @AfterEach
  void close() {
    network.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  /** What arrives at {@code x [n, 2, 2, 1]} of {@code g} at the ReLU's output. */
  @SuppressWarnings("try") // a hook works by being open
  private double[] redirected(double[] x, double[] g) {
    Shape shape = Shape.of(x.length / 4, 2, 2, 1);
    try (Scope scope = new Scope(backend);
        Hook hook = network.onBackward(Relu.class, RedirectedRelu::gradient)) {
      Tensor in = scope.of(shape, x);
      try (Run run = network.forward(in, Listen.to("relu").withGradients())) {
        Map<Tensor, Tensor> seeds = Map.of(run.output("relu"), scope.of(shape, g));
        return run.backward(seeds, List.of(in)).at(in).toDoubles();
      }
    }
  }

  @Test
  void whereSomethingGetsThroughTheGradientIsThePlainOne() {
    double[] x = {1, -2, 3, -4};
    double[] g = {5, 6, 0, -7};
    assertThat(redirected(x, g)).containsExactly(5, 0, 0, 0);
  }

  @Test
  void whereNothingGetsThroughWhatPushesNegativeInputsUpDoes() {
    double[] x = {-1, -2, 3, -4};
    double[] g = {5, -6, 0, -7}; // to go down by: what is positive pushes lower
    assertThat(redirected(x, g)).containsExactly(0, -6, 0, -7);
  }

  @Test
  void zeroIsNotNegativeSoThatBothSignsPassThere() {
    double[] x = {0, 0, -1, 2};
    double[] g = {5, -6, 7, 0};
    assertThat(redirected(x, g)).containsExactly(5, -6, 0, 0);
  }

  @Test
  void gradientsThatCancelOutHaveGotThrough() {
    double[] x = {1, 2, -3, -4};
    double[] g = {5, -5, -6, 7};
    assertThat(redirected(x, g)).containsExactly(5, -5, 0, 0);
  }

  @Test
  void everyImageOfABatchIsJudgedByItself() {
    double[] x = {1, -2, 3, -4, -1, -2, 3, -4, -1, -1, -1, -1};
    double[] g = {5, 6, 0, -7, 5, -6, 0, -7, 1, 2, 3, 4};
    assertThat(redirected(x, g)).containsExactly(5, 0, 0, 0, 0, -6, 0, -7, 0, 0, 0, 0);
  }
}
