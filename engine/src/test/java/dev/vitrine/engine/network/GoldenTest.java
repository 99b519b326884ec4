package dev.vitrine.engine.network;

import static dev.vitrine.engine.op.Functions.relu;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Relu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A network small enough for a pencil, and what each way of looking into it must find, exactly. */
class GoldenTest extends OnEveryBackend {
  private static final float[] PLAIN = {0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0};
  private static final float[] GUIDED = {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1};
  private static final float[] DECONVNET = {2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1};
  private static final Listen FUSED = Listen.toOutput().withGradients();
  private static final Listen APART =
      Listen.to("conv", "relu1", "flatten", "dense", "relu2").withGradients();
  private Network network;
  private Tensor image;

  @BeforeEach
  void build() {
    network = Networks.golden(backend);
    image = scope.of(Networks.GOLDEN_INPUT, Networks.goldenImage());
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void theForwardPassFindsTheWindowsSums() {
    try (Run run = network.forward(image, APART)) {
      assertThat(run.output("conv").toFloats()).containsExactly(-5, -30, 4, -21, 31, 6, 40, 15);
      assertThat(run.output("relu1").toFloats()).containsExactly(0, 0, 4, 0, 31, 6, 40, 15);
      assertThat(run.output().toFloats()).containsExactly(54, 54, 54, 54);
    }
    try (Run run = network.forward(image)) {
      assertThat(run.output().toFloats()).containsExactly(54, 54, 54, 54);
    }
  }

  @Test
  void theNamedRulesGiveTheGoldenMaps() {
    for (Listen listen : List.of(FUSED, APART)) {
      try (Run run = network.forward(image, listen)) {
        assertThat(map(run, ReluRule.GRADIENT)).containsExactly(PLAIN);
        assertThat(map(run, ReluRule.GUIDED)).containsExactly(GUIDED);
        assertThat(map(run, ReluRule.DECONVNET)).containsExactly(DECONVNET);
        assertThat(map(run, ReluRule.GRADIENT)).containsExactly(PLAIN);
      }
    }
  }

  @Test
  void aHookOfOneLineIsGuidedBackpropagationAndAnotherTheDeconvnet() {
    for (Listen listen : List.of(FUSED, APART)) {
      try (Hook guided = network.onBackward(Relu.class, c -> relu(c.gradInput()));
          Run run = network.forward(image, listen)) {
        assertThat(map(run, ReluRule.GRADIENT)).containsExactly(GUIDED);
        guided.close();
        assertThat(map(run, ReluRule.GRADIENT)).containsExactly(PLAIN);
        try (Hook deconvnet = network.onBackward(Relu.class, c -> relu(c.gradOutput()))) {
          assertThat(map(run, ReluRule.GRADIENT)).containsExactly(DECONVNET);
        }
      }
    }
  }

  @Test
  void gradCamAtTheConvolutionAndAtItsRelu() {
    assertThat(gradCam("conv")).containsExactly(11.25, 13.5, 20.25, 22.5);
    assertThat(gradCam("relu1")).containsExactly(0, 4, 28, 32.5);
  }

  /** The layer's channels, weighted by the means of their gradients. */
  private double[] gradCam(String layer) {
    try (Run run = network.forward(image, Listen.to(layer).withGradients())) {
      Tensor at = run.output(layer);
      double[] activations = at.toDoubles();
      double[] g = run.backward(Map.of(run.output(), seed(run)), List.of(at)).at(at).toDoubles();
      double[] map = new double[4];
      for (int channel = 0; channel < 2; channel++) {
        double weight = 0;
        for (int pixel = 0; pixel < 4; pixel++) {
          weight += g[pixel * 2 + channel] / 4;
        }
        for (int pixel = 0; pixel < 4; pixel++) {
          map[pixel] += weight * activations[pixel * 2 + channel];
        }
      }
      return map;
    }
  }

  private float[] map(Run run, ReluRule rule) {
    return run.backward(Map.of(run.output(), seed(run)), List.of(image), rule).at(image).toFloats();
  }

  private static Tensor seed(Run run) {
    return run.scope().of(Shape.of(1, 4), 1, 0, 0, 0);
  }
}
