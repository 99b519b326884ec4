package dev.vitrine.engine.network;

import static dev.vitrine.engine.op.Functions.add;
import static dev.vitrine.engine.op.Functions.relu;
import static dev.vitrine.engine.op.Functions.scale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Warp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HooksTest extends OnEveryBackend {
  private static final Listen LISTEN = Listen.toOutput().withGradients();
  private static final Listen EVERYTHING =
      Listen.to("conv1", "bn1", "relu1", "sum", "left", "left_relu", "dense", "logits")
          .withGradients();
  private Network network;
  private Tensor x;

  @BeforeEach
  void build() {
    network = Networks.rooms(backend, 3);
    x = new Seeded(4).tensor(scope, Networks.ROOMS_INPUT);
  }

  @AfterEach
  void close() {
    network.close();
  }

  // ---- repeating ----

  @Test
  void aHookHearsEveryRunOfARepeatedStep() {
    int[] heard = {0};
    try (Hook hook =
            network.onForward(
                "conv2",
                c -> {
                  heard[0]++;
                  return null;
                });
        Repeated step = network.repeat(() -> network.forward(x).close())) {
      for (int run = 1; run <= 4; run++) {
        step.run();
        assertThat(heard[0]).isEqualTo(run);
      }
    }
  }

  @Test
  void aHookThatComesOrGoesWhileAStepIsRepeatedIsRefused() {
    try (Repeated unheard = network.repeat(() -> network.forward(x).close())) {
      unheard.run();
      try (Hook hook = network.onBackward("conv2", c -> null);
          Repeated heard = network.repeat(() -> network.forward(x).close())) {
        assertThatThrownBy(unheard::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("a hook was registered while a step is repeated");
        heard.run();
        hook.close();
        assertThatThrownBy(heard::run)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("a hook was closed while a step is repeated");
      }
      unheard.run();
    }
  }

  // ---- forward ----

  @Test
  void aForwardHookSeesALayersInputsAndOutput() {
    List<String> seen = new ArrayList<>();
    try (Hook conv = network.onForward("conv2", c -> note(seen, c));
        Hook sum = network.onForward("sum", c -> note(seen, c));
        Run run = network.forward(x)) {
      assertThat(seen)
          .containsExactly(
              "conv2 [relu1 [2, 6, 5, 3]] -> conv2 [2, 6, 5, 3]",
              "sum [relu1 [2, 6, 5, 3], bn2 [2, 6, 5, 3]] -> sum [2, 6, 5, 3]");
    }
  }

  private static Tensor note(List<String> seen, ForwardContext c) {
    seen.add(c.layer().name() + " " + c.inputs() + " -> " + c.output());
    return null;
  }

  @Test
  void forwardHooksReplaceInOrderOfRegistration() {
    try (Hook first = network.onForward("logits", c -> c.scope().filled(c.output().shape(), 2));
        Hook second = network.onForward("logits", c -> scale(c.output(), 3));
        Hook third = network.onForward("logits", c -> null);
        Run run = network.forward(x, Listen.to("logits"))) {
      assertThat(run.output("logits").toFloats()).containsOnly(6);
      assertThat(run.output().toFloats()).containsOnly(0.25f);
    }
  }

  @Test
  void aReplacementThroughApplyIsDifferentiated() {
    double[] plain = gradient(LISTEN, "logits");
    double[] doubled;
    try (Hook hook =
        network.onForward(
            "logits", c -> c.apply(new Elementwise(Unary.LINEAR, 2, 1), c.output()))) {
      doubled = gradient(Listen.to("logits").withGradients(), "logits");
    }
    Agreement.check(
        "gradient of twice the logits",
        doubled,
        Arrays.stream(plain).map(v -> 2 * v).toArray(),
        rounding());
  }

  @Test
  void aConstantReplacementStopsTheGradientAndHasOneItself() {
    try (Hook hook = network.onForward("flatten", c -> c.scope().filled(c.output().shape(), 0.5));
        Run run = network.forward(x, Listen.to("flatten", "logits").withGradients())) {
      Tensor constant = run.output("flatten");
      Tensor seed = run.scope().filled(run.output("logits").shape(), 1);
      var g = run.backward(Map.of(run.output("logits"), seed), List.of(x, constant));
      assertThat(g.at(x).toFloats()).containsOnly(0);
      assertThat(g.at(constant).toFloats()).isNotEqualTo(new float[(int) constant.shape().size()]);
    }
  }

  @Test
  void aReplacementOfAnotherShapeIsRefused() {
    try (Hook hook = network.onForward("pool", c -> c.scope().filled(Shape.of(1), 0))) {
      assertThatThrownBy(() -> network.forward(x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "a forward hook replaced the output of pool, [2, 3, 3, 3], by [1]: shapes must agree");
    }
  }

  @Test
  void aForwardHookMayHandAnEarlierOutputOn() {
    double[] skipped;
    try (Hook hook = network.onForward("relu2", c -> c.inputs().get(0));
        Run run = network.forward(x, Listen.to("pool"))) {
      skipped = run.output("pool").toDoubles();
    }
    try (Hook hook = network.onForward("relu2", c -> c.inputs().get(0));
        Run run = network.forward(x, Listen.to("sum", "relu2", "pool").withGradients())) {
      assertThat(run.output("relu2")).isSameAs(run.output("sum"));
      assertThat(run.output("pool").toDoubles()).isEqualTo(skipped);
    }
  }

  @Test
  void aReplacementOfTheCallersOwnStaysOpen() {
    Tensor own = scope.filled(Shape.of(2, 5), 1);
    Hook[] once = new Hook[1];
    once[0] =
        network.onForward(
            "flatten",
            c -> {
              once[0].close();
              return own;
            });
    try (Run run = network.forward(x)) {
      assertThat(run.output().isOpen()).isTrue();
    }
    assertThat(own.toFloats()).containsOnly(1);
  }

  // ---- backward ----

  @Test
  void backwardHooksChainInOrderOfRegistration() {
    double[] plain = gradient(LISTEN, "softmax");
    List<String> order = new ArrayList<>();
    double[] hooked;
    try (Hook first = network.onBackward("relu2", c -> said(order, "a", scale(c.gradInput(), 3)));
        Hook second = network.onBackward("relu2", c -> said(order, "b", null));
        Hook third = network.onBackward("relu2", c -> said(order, "c", scale(c.gradInput(), 5)))) {
      hooked = gradient(LISTEN, "softmax");
    }
    assertThat(order).containsExactly("a", "b", "c");
    Agreement.check(
        "15 times the gradient",
        hooked,
        Arrays.stream(plain).map(v -> 15 * v).toArray(),
        rounding());
    assertThat(gradient(LISTEN, "softmax")).isEqualTo(plain);
  }

  private static Tensor said(List<String> order, String what, Tensor t) {
    order.add(what);
    return t;
  }

  @Test
  void closingAHookTakesEffectWhileHooksRun() {
    List<String> order = new ArrayList<>();
    Hook[] later = new Hook[1];
    try (Hook first =
        network.onBackward(
            "relu2",
            c -> {
              later[0].close();
              return said(order, "first", null);
            })) {
      later[0] = network.onBackward("relu2", c -> said(order, "later", null));
      gradient(LISTEN, "softmax");
    }
    assertThat(order).containsExactly("first");
  }

  @Test
  void theSameHookTwiceIsTwoRegistrations() {
    List<String> order = new ArrayList<>();
    ForwardHook same = c -> said(order, "same", null);
    try (Hook first = network.onForward("pool", same);
        Hook between = network.onForward("pool", c -> said(order, "between", null));
        Hook second = network.onForward("pool", same)) {
      second.close();
      second.close();
      network.forward(x).close();
    }
    assertThat(order).containsExactly("same", "between");
  }

  @Test
  void ruleAndHookGiveTheSameBits() {
    for (Listen listen : List.of(LISTEN, EVERYTHING)) {
      double[] guided = gradient(listen, "softmax", ReluRule.GUIDED);
      double[] deconvnet = gradient(listen, "softmax", ReluRule.DECONVNET);
      assertThat(guided).isNotEqualTo(deconvnet).isNotEqualTo(new double[guided.length]);
      try (Run run = network.forward(x, listen)) { // with what is fused in it
        try (Hook hook = network.onBackward(Relu.class, c -> relu(c.gradInput()))) {
          agree("guided", gradient(run, "softmax", ReluRule.GRADIENT), guided);
        }
        try (Hook hook = network.onBackward(Relu.class, c -> relu(c.gradOutput()))) {
          agree("deconvnet", gradient(run, "softmax", ReluRule.GRADIENT), deconvnet);
        }
      }
    }
    Listen apart = Listen.to("bn1", "left", "dense").withGradients();
    double[] guided = gradient(apart, "softmax", ReluRule.GUIDED);
    double[] deconvnet = gradient(apart, "softmax", ReluRule.DECONVNET);
    try (Hook hook = network.onBackward(Relu.class, c -> relu(c.gradInput()))) {
      assertThat(gradient(apart, "softmax")).isEqualTo(guided);
    }
    try (Hook hook = network.onBackward(Relu.class, c -> relu(c.gradOutput()))) {
      assertThat(gradient(apart, "softmax")).isEqualTo(deconvnet);
    }
  }

  /** Where a normalization was folded in, running it apart rounds otherwise. */
  private void agree(String what, double[] hooked, double[] ruled) {
    Agreement.check(what, hooked, ruled, isDouble() ? 1e-12 : 1e-6);
  }

  @Test
  void aHookThatComesAfterTheForwardPassIsHeardInsideAFusedStep() {
    try (Run run = network.forward(x, LISTEN)) {
      double[] plain = gradient(run, "softmax", ReluRule.GRADIENT);
      List<String> seen = new ArrayList<>();
      try (Hook norm = network.onBackward("bn1", c -> said(seen, c.output().toString(), null));
          Hook relu = network.onBackward("relu1", c -> said(seen, c.output().toString(), null));
          Hook conv = network.onBackward("conv1", c -> said(seen, c.inputs().toString(), null))) {
        agree("gradient through a step run apart", gradient(run, "softmax"), plain);
      }
      assertThat(seen)
          .containsExactly("relu1 [2, 6, 5, 3]", "bn1 [2, 6, 5, 3]", "[tensor [2, 6, 5, 2]]");
      assertThat(gradient(run, "softmax")).isEqualTo(plain);
    }
  }

  @Test
  void aHookSeesWhatTheLayerSawAndMayAskItsDerivative() {
    int[] calls = {0};
    try (Run run = network.forward(x, Listen.to("pool", "relu2").withGradients());
        Hook hook =
            network.onBackward(
                "pool",
                c -> {
                  calls[0]++;
                  assertThat(c.layer().name()).isEqualTo("pool");
                  assertThat(c.inputs()).containsExactly(run.output("relu2"));
                  assertThat(c.output()).isSameAs(run.output("pool"));
                  assertThat(c.vjp(c.gradOutput()).get(0).toDoubles())
                      .isEqualTo(c.gradInput().toDoubles());
                  double[] twice = c.vjp(scale(c.gradOutput(), 2)).get(0).toDoubles();
                  double[] once = c.gradInput().toDoubles();
                  assertThat(twice).isEqualTo(Arrays.stream(once).map(v -> 2 * v).toArray());
                  assertThatThrownBy(() -> c.vjp(c.gradInput()))
                      .isInstanceOf(IllegalArgumentException.class)
                      .hasMessageContaining("layer pool: a gradient of shape [2, 6, 5, 3]");
                  assertThat(c.switches()).hasSize(2 * 3 * 3 * 3);
                  assertThat(Arrays.stream(c.switches()).allMatch(s -> s >= 0 && s < 4)).isTrue();
                  return null;
                })) {
      gradient(run, "softmax");
    }
    assertThat(calls[0]).isEqualTo(1);
  }

  @Test
  void onlyAPoolingHasSwitches() {
    try (Hook hook =
        network.onBackward(
            "relu2",
            c -> {
              c.switches();
              return null;
            })) {
      assertThatThrownBy(() -> gradient(LISTEN, "softmax"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("layer relu2 is no max pooling");
    }
  }

  @Test
  void aLayerOfSeveralInputsIsHookedThroughEach() {
    double[] plain = gradient(LISTEN, "softmax");
    double[] through;
    try (Hook hook =
        network.onBackwardEach("sum", c -> List.of(c.gradOutput(), c.gradInputs().get(1)))) {
      through = gradient(LISTEN, "softmax");
    }
    assertThat(through).isEqualTo(plain);
    try (Hook hook = network.onBackward("sum", c -> c.gradOutput())) {
      assertThatThrownBy(() -> gradient(LISTEN, "softmax"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("layer sum has 2 inputs: use gradInputs()");
    }
  }

  @Test
  void whatIsNotAskedForIsNull() {
    List<Boolean> nulls = new ArrayList<>();
    try (Run run = network.forward(x, Listen.to("bn2", "left_relu").withGradients());
        Hook sum =
            network.onBackwardEach(
                "sum",
                c -> {
                  c.gradInputs().forEach(g -> nulls.add(g == null));
                  c.vjp(c.gradOutput()).forEach(g -> nulls.add(g == null));
                  return c.gradInputs();
                })) {
      Tensor at = run.output("bn2");
      var g = run.backward(Map.of(run.output(), seed(run, run.output())), List.of(at)).at(at);
      assertThat(g.shape()).isEqualTo(at.shape());
    }
    assertThat(nulls).containsExactly(true, false, true, false);
  }

  @Test
  void aHooksGradientsMustFit() {
    try (Hook hook =
        network.onBackward("relu2", c -> c.vjp(c.gradOutput()).get(0).view(Shape.of(180)))) {
      assertThatThrownBy(() -> gradient(LISTEN, "softmax"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a backward hook on relu2 returned")
          .hasMessageContaining("[180] for its input [2, 6, 5, 3]: shapes must agree");
    }
    try (Hook hook = network.onBackwardEach("sum", c -> List.of(c.gradOutput()))) {
      assertThatThrownBy(() -> gradient(LISTEN, "softmax"))
          .hasMessage("a backward hook on sum returned 1 gradients for 2 inputs");
    }
    try (Hook hook = network.onBackwardEach("sum", c -> Arrays.asList(null, null))) {
      assertThatThrownBy(() -> gradient(LISTEN, "softmax"))
          .hasMessageContaining("a backward hook on sum returned null");
    }
  }

  @Test
  void aHookNeedsALayer() {
    assertThatThrownBy(() -> network.onForward("conv9", c -> null))
        .isInstanceOf(UnknownLayerException.class)
        .hasMessageContaining("no layer is called 'conv9'");
    assertThatThrownBy(() -> network.onBackward("conv9", c -> null))
        .isInstanceOfSatisfying(
            UnknownLayerException.class, e -> assertThat(e.name()).isEqualTo("conv9"));
    assertThatThrownBy(() -> network.onBackward(Warp.class, c -> null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no layer of kind Warp");
  }

  @Test
  void aRuleThatFindsNoReluIsAnError() {
    try (Run run = network.forward(x, Listen.to("mean", "logits").withGradients())) {
      Tensor concat = run.output("mean");
      Tensor seed = seed(run, concat);
      assertThatThrownBy(() -> run.backward(Map.of(concat, seed), List.of(concat), ReluRule.GUIDED))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rule guided found no ReLU");
    }
  }

  @Test
  void everyLayerOfAKindIsHooked() {
    List<String> seen = new ArrayList<>();
    try (Hook relus = network.onBackward(Relu.class, c -> said(seen, c.layer().name(), null));
        Hook pools = network.onBackward(MaxPool2d.class, c -> said(seen, c.layer().name(), null));
        Hook convolutions =
            network.onBackward(Conv2d.class, c -> said(seen, c.layer().name(), null))) {
      gradient(LISTEN, "softmax");
    }
    assertThat(seen)
        .containsExactly(
            "dense_relu", "right", "left_relu", "left", "pool", "relu2", "conv2", "relu1", "conv1");
  }

  @Test
  void whatAHookKeepsOutlivesTheRun() {
    List<Tensor> kept = new ArrayList<>();
    double[] plain = gradient(LISTEN, "softmax");
    try (Hook forward =
            network.onForward(
                "relu2",
                c -> {
                  kept.add(c.inputs().get(0).keep());
                  kept.add(c.output().keep());
                  return null;
                });
        Hook backward =
            network.onBackward(
                "conv1",
                c -> {
                  kept.add(c.gradInput().keep());
                  kept.add(c.gradOutput().keep());
                  return add(c.gradInput(), c.gradInput());
                })) {
      network.forward(x).close(); // frees early what is read
      double[] doubled = Arrays.stream(plain).map(v -> 2 * v).toArray();
      agree("twice the gradient", gradient(LISTEN, "softmax"), doubled);
    }
    assertThat(kept).hasSize(6);
    agree("the kept gradient", kept.get(4).toDoubles(), plain);
    assertThat(kept).allMatch(Tensor::isOpen);
    kept.forEach(Tensor::close);
  }

  @Test
  void aGradientDoesNotDieWithWhatAHookKept() {
    Tensor[] kept = new Tensor[1];
    try (Run run = network.forward(x, LISTEN);
        Hook hook =
            network.onBackward(
                "conv1",
                c -> {
                  kept[0] = c.gradInput().keep();
                  return null;
                })) {
      Tensor y = run.output();
      Tensor g = run.backward(Map.of(y, seed(run, y)), List.of(x)).at(x);
      double[] values = kept[0].toDoubles();
      kept[0].close();
      assertThat(g.toDoubles()).isEqualTo(values);
    }
  }

  @Test
  void aDerivativeForAKeptGradientBelongsToTheRun() {
    Tensor kept = scope.filled(Networks.ROOMS_INPUT.with(3, 3), 1).keep();
    List<Tensor> derivatives = new ArrayList<>();
    try (Hook sum = network.onBackwardEach("sum", c -> derived(derivatives, c, kept));
        Hook relu = network.onBackwardEach("relu2", c -> derived(derivatives, c, kept));
        Hook norm = network.onBackwardEach("bn2", c -> derived(derivatives, c, kept))) {
      gradient(LISTEN, "softmax");
    }
    assertThat(derivatives).hasSize(4).noneMatch(Tensor::isOpen);
    kept.close();
  }

  private static List<Tensor> derived(List<Tensor> to, BackwardContext c, Tensor g) {
    to.addAll(c.vjp(g));
    return null;
  }

  private double[] gradient(Listen listen, String layer) {
    return gradient(listen, layer, ReluRule.GRADIENT);
  }

  private double[] gradient(Listen listen, String layer, ReluRule rule) {
    List<String> heard = new ArrayList<>(listen.layers());
    heard.add(layer);
    Listen both = Listen.to(heard.toArray(String[]::new)).withGradients();
    try (Run run = network.forward(x, both)) {
      return gradient(run, layer, rule);
    }
  }

  private double[] gradient(Run run, String layer) {
    return gradient(run, layer, ReluRule.GRADIENT);
  }

  private double[] gradient(Run run, String layer, ReluRule rule) {
    Tensor y = run.output(layer);
    return run.backward(Map.of(y, seed(run, y)), List.of(x), rule).at(x).toDoubles();
  }

  private static Tensor seed(Run run, Tensor y) {
    return new Seeded(8).tensor(run.scope(), y.shape());
  }
}
