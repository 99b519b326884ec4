package dev.vitrine.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Sliding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlanTest extends OnEveryBackend {
  private static final Listen OUTPUT = Listen.toOutput();
  private Network network;

  @BeforeEach
  void build() {
    network = Networks.rooms(backend, 5);
  }

  @AfterEach
  void close() {
    network.close();
  }

  @Test
  void aLayerTakesTheNormalizationAndTheReluAfterItAlong() {
    assertThat(steps(OUTPUT))
        .containsExactly(
            "conv1+bn1+relu1",
            "conv2+bn2",
            "sum",
            "relu2",
            "pool",
            "left+left_relu",
            "right",
            "right_silu",
            "concat",
            "mean",
            "flatten",
            "dense+dense_relu",
            "logits",
            "softmax");
    assertThat(steps(OUTPUT.withGradients())).isEqualTo(steps(OUTPUT));
  }

  @Test
  void listeningSplitsAStepAfterTheLayerHeard() {
    assertThat(steps(Listen.to("conv1"))).startsWith("conv1", "bn1", "relu1", "conv2+bn2");
    assertThat(steps(Listen.to("bn1"))).startsWith("conv1+bn1", "relu1", "conv2+bn2");
    assertThat(steps(Listen.to("relu1", "dense_relu"))).isEqualTo(steps(OUTPUT));
    assertThat(steps(Listen.to("dense"))).contains("dense", "dense_relu");
  }

  @Test
  void aHookedLayerRunsByItself() {
    try (Hook hook = network.onForward("bn1", c -> null)) {
      assertThat(steps(OUTPUT)).startsWith("conv1", "bn1", "relu1", "conv2+bn2");
    }
    assertThat(steps(OUTPUT)).startsWith("conv1+bn1+relu1");
    try (Hook hook = network.onBackward("left_relu", c -> null)) {
      assertThat(steps(OUTPUT.withGradients())).contains("left", "left_relu");
      assertThat(steps(OUTPUT)).contains("left+left_relu");
    }
    try (Hook hook = network.onBackward(Relu.class, c -> null)) {
      assertThat(steps(OUTPUT.withGradients())).startsWith("conv1+bn1", "relu1", "conv2+bn2");
    }
  }

  @Test
  void trainingNeverFolds() {
    assertThat(steps(OUTPUT.withWeightGradients()))
        .startsWith("conv1", "bn1", "relu1", "conv2", "bn2")
        .contains("left+left_relu", "dense+dense_relu");
    network.train();
    assertThat(steps(OUTPUT)).startsWith("conv1", "bn1", "relu1", "conv2", "bn2");
    network.freeze();
    assertThat(steps(OUTPUT)).startsWith("conv1+bn1+relu1", "conv2+bn2");
  }

  @Test
  void aConvolutionTakesTheFrameOfZerosBeforeItAlong() {
    try (Network framed = framed(0);
        Network grey = framed(0.5)) {
      assertThat(framed.plan(OUTPUT).steps()).hasSize(1);
      assertThat(framed.plan(Listen.to("frame")).steps()).hasSize(2);
      assertThat(framed.plan(OUTPUT.withWeightGradients()).steps()).hasSize(2);
      assertThat(grey.plan(OUTPUT).steps()).as("a frame of 0.5").hasSize(2);
      Tensor x = new Seeded(1).tensor(scope, Shape.of(2, 4, 5, 3));
      try (Run fused = framed.forward(x, OUTPUT.withGradients());
          Run heard = framed.forward(x, Listen.to("frame", "conv").withGradients())) {
        Agreement.check(
            "relu", heard.output().toDoubles(), fused.output().toDoubles(), tolerance());
        double[] apart = gradient(heard, x, ReluRule.GUIDED);
        Agreement.check("gradient", apart, gradient(fused, x, ReluRule.GUIDED), tolerance());
        List<Shape> seen = new ArrayList<>();
        try (Hook hook =
            framed.onBackward(
                "frame",
                c -> {
                  seen.add(c.gradInput().shape());
                  return null;
                })) {
          Agreement.check("heard", apart, gradient(fused, x, ReluRule.GUIDED), tolerance());
        }
        assertThat(seen).containsExactly(x.shape());
      }
    }
  }

  /** A convolution whose frame is wider than what its window reaches on three sides. */
  private Network framed(double value) {
    try (NetworkBuilder b = Network.on(backend).input("x", Shape.of(1, 4, 5, 3))) {
      float[] weights = new float[24];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (i * 7 % 24 - 11) / 16f;
      }
      Parameter kernel = b.parameter("k", Shape.of(2, 2, 3, 2), weights);
      Parameter bias = b.parameter("b", Shape.of(2), new float[] {0.25f, -0.5f});
      b.layer("frame", new Pad(2, 1, 3, 4, value));
      b.layer("conv", new Conv2d(Sliding.valid(2, 2, 1, 1)), kernel, bias);
      return b.layer("relu", new Relu()).build();
    }
  }

  @Test
  void whatTwoReadIsNotFused() {
    try (NetworkBuilder b = Network.on(backend).input("x", Shape.of(1, 2, 2, 1))) {
      Parameter kernel = b.parameter("k", Shape.of(1, 1, 1, 1), new float[] {1});
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), kernel);
      b.layer("one", new Relu(), List.of("conv"), List.of());
      b.layer("two", new Relu(), List.of("conv"), List.of());
      try (Network forked = b.build()) {
        assertThat(forked.plan(Listen.to("one")).steps()).hasSize(3);
        assertThat(forked.plan(OUTPUT).steps()).as("the branch that nobody wants").hasSize(1);
        assertThat(forked.plan(Listen.only("one")).steps()).hasSize(1);
      }
    }
  }

  @Test
  void theOutputIsNotFusedIntoWhatFollows() {
    try (NetworkBuilder b = Network.on(backend).input("x", Shape.of(1, 2, 2, 1))) {
      Parameter kernel = b.parameter("k", Shape.of(1, 1, 1, 1), new float[] {-1});
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), kernel).layer("relu", new Relu());
      try (Network early = b.output("conv").build();
          Run run = early.forward(scope.of(Shape.of(1, 2, 2, 1), 1, 2, 3, 4))) {
        assertThat(run.output().toFloats()).containsExactly(-1, -2, -3, -4);
      }
    }
  }

  @Test
  void aFusedReluKeepsItsLayersRule() {
    try (NetworkBuilder b = Network.on(backend).input("x", Shape.of(1, 1, 1, 1))) {
      Parameter kernel = b.parameter("k", Shape.of(1, 1, 1, 1), new float[] {1});
      Parameter weights = b.parameter("w", Shape.of(1, 1), new float[] {1});
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), kernel);
      b.layer("guided", new Relu(ReluRule.GUIDED));
      b.layer("flatten", dev.vitrine.engine.op.Reshape.flatten());
      b.layer("dense", new Dense(), weights).layer("deconvnet", new Relu(ReluRule.DECONVNET));
      try (Network rules = b.build()) {
        List<Step> steps = rules.plan(OUTPUT).steps();
        assertThat(((Conv2d) steps.get(0).op()).relu()).isEqualTo(ReluRule.GUIDED);
        assertThat(((Dense) steps.get(2).op()).relu()).isEqualTo(ReluRule.DECONVNET);
      }
    }
  }

  @Test
  void aPlanIsWorkedOutOnce() {
    Plan plan = network.plan(Listen.to("pool"));
    assertThat(network.plan(Listen.to("pool"))).isSameAs(plan);
    assertThat(network.plan(Listen.to("sum"))).isNotSameAs(plan);
    long live = backend.liveBytes();
    try (Hook hook = network.onForward("pool", c -> null)) {
      network.plan(OUTPUT);
    }
    assertThat(network.plan(Listen.to("pool"))).isSameAs(plan);
    assertThat(backend.liveBytes()).as("folded weights are shared").isEqualTo(live);
  }

  @Test
  void listeningChangesNothingBeyondRounding() {
    Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
    String[] all = network.layers().stream().map(Layer::name).toArray(String[]::new);
    for (ReluRule rule : ReluRule.values()) {
      try (Run fused = network.forward(x, OUTPUT.withGradients());
          Run heard = network.forward(x, Listen.to(all).withGradients())) {
        Agreement.check(
            provider.name() + ", softmax",
            heard.output().toDoubles(),
            fused.output().toDoubles(),
            tolerance());
        Agreement.check(
            provider.name() + ", gradient under " + rule,
            gradient(heard, x, rule),
            gradient(fused, x, rule),
            tolerance());
      }
    }
  }

  @Test
  void onlyWhatIsWantedRuns() {
    assertThat(steps(Listen.only("sum"))).containsExactly("conv1+bn1+relu1", "conv2+bn2", "sum");
    assertThat(steps(Listen.only("conv2"))).containsExactly("conv1+bn1+relu1", "conv2");
    assertThat(steps(Listen.only("left", "conv1")))
        .containsExactly("conv1", "bn1", "relu1", "conv2+bn2", "sum", "relu2", "pool", "left");
    assertThat(steps(Listen.only("right_silu"))).doesNotContain("left+left_relu").hasSize(7);
    assertThat(steps(Listen.only("softmax"))).isEqualTo(steps(OUTPUT));
    assertThat(network.plan(Listen.only("sum"))).isSameAs(network.plan(Listen.only("sum")));
    assertThat(network.plan(Listen.only("sum"))).isNotSameAs(network.plan(Listen.to("sum")));
  }

  @Test
  void aRunThatStopsEarlyGivesWhatTheWholeOneGives() {
    Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
    for (String layer : List.of("sum", "right_silu", "dense")) {
      try (Run cut = network.forward(x, Listen.only(layer).withGradients());
          Run whole = network.forward(x, Listen.to(layer).withGradients())) {
        assertThat(cut.output(layer).toDoubles()).isEqualTo(whole.output(layer).toDoubles());
        Tensor seed = new Seeded(2).tensor(cut.scope(), cut.output(layer).shape());
        assertThat(cut.backward(Map.of(cut.output(layer), seed), List.of(x)).at(x).toDoubles())
            .as("gradient of %s", layer)
            .isEqualTo(
                whole.backward(Map.of(whole.output(layer), seed), List.of(x)).at(x).toDoubles());
      }
    }
  }

  @Test
  void theOutputOfARunThatStopsEarlyCannotBeAskedFor() {
    Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
    try (Run cut = network.forward(x, Listen.only("dense", "sum"))) {
      assertThatThrownBy(cut::output)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("softmax was not kept");
      assertThatThrownBy(() -> cut.output("relu2")).hasMessageContaining("relu2 was not kept");
      assertThat(cut.output("sum").shape()).isEqualTo(Shape.of(2, 6, 5, 3));
    }
    try (Run cut = network.forward(x, Listen.only("softmax"))) {
      assertThat(cut.output("softmax").shape()).isEqualTo(Shape.of(2, 4));
    }
  }

  @Test
  void hooksBehindTheLastLayerWantedDoNotRun() {
    Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
    List<String> seen = new ArrayList<>();
    try (Hook before = network.onForward("conv2", c -> note(seen, "conv2"));
        Hook after = network.onForward("pool", c -> note(seen, "pool"));
        Run cut = network.forward(x, Listen.only("sum"))) {
      assertThat(seen).containsExactly("conv2");
    }
  }

  private static Tensor note(List<String> seen, String layer) {
    seen.add(layer);
    return null;
  }

  @Test
  void imagesOfAnotherSizeGoAsFarAsTheLayersTakeThem() {
    try (Network golden = Networks.golden(backend)) {
      Shape larger = Shape.of(1, 7, 6, 1);
      Tensor x = new Seeded(1).tensor(scope, larger);
      try (Run cut = golden.forward(x, Listen.only("relu1"))) {
        assertThat(cut.output("relu1").shape()).isEqualTo(Shape.of(1, 5, 4, 2));
      }
      assertThat(golden.shapes(larger, Listen.only("flatten")))
          .containsOnlyKeys("image", "conv", "relu1", "flatten");
      assertThatThrownBy(() -> golden.forward(x, Listen.only("dense")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("layer dense");
      assertThatThrownBy(() -> golden.forward(x)).hasMessageContaining("layer dense");
      // 42 + 40 + 40 numbers of 4 bytes, three times with gradients
      assertThat(golden.imagesWithin(10 * 488, 7, 6, Listen.only("relu1"))).isEqualTo(10);
      assertThat(golden.imagesWithin(10 * 488, 7, 6, Listen.only("relu1").withGradients()))
          .isEqualTo(3);
    }
  }

  @Test
  void aRunThatWantsNothingOrWhatIsNotThereIsRefused() {
    assertThatThrownBy(Listen::only).hasMessageContaining("must name the layers");
    assertThatThrownBy(() -> network.shapes(Networks.ROOMS_INPUT, Listen.only("conv9")))
        .isInstanceOf(UnknownLayerException.class);
  }

  /** Folding a normalization rounds once more: a few units in the last place of a float. */
  private double tolerance() {
    return isDouble() ? 1e-12 : 1e-6;
  }

  private static double[] gradient(Run run, Tensor x, ReluRule rule) {
    Tensor seed = new Seeded(2).tensor(run.scope(), run.output().shape());
    return run.backward(Map.of(run.output(), seed), List.of(x), rule).at(x).toDoubles();
  }

  private List<String> steps(Listen listen) {
    return network.plan(listen).steps().stream()
        .map(s -> s.layers().stream().map(Layer::name).collect(Collectors.joining("+")))
        .toList();
  }
}
