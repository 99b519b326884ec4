package dev.vitrine.engine.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Sliding;
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
  void whatTwoReadIsNotFused() {
    try (Network.Builder b = Network.on(backend).input("x", Shape.of(1, 2, 2, 1))) {
      Parameter kernel = b.parameter("k", Shape.of(1, 1, 1, 1), new float[] {1});
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), kernel);
      b.layer("one", new Relu(), List.of("conv"), List.of());
      b.layer("two", new Relu(), List.of("conv"), List.of());
      try (Network forked = b.build()) {
        assertThat(forked.plan(Listen.to("one")).steps()).hasSize(3);
        assertThat(forked.plan(OUTPUT).steps()).as("the branch that nobody wants").hasSize(1);
      }
    }
  }

  @Test
  void theOutputIsNotFusedIntoWhatFollows() {
    try (Network.Builder b = Network.on(backend).input("x", Shape.of(1, 2, 2, 1))) {
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
    try (Network.Builder b = Network.on(backend).input("x", Shape.of(1, 1, 1, 1))) {
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
