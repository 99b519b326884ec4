package dev.vitrine.viz.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Gradients;
import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Functions;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.viz.attribution.InputGradient;
import dev.vitrine.viz.method.SmallNetworks;
import dev.vitrine.viz.method.Unit;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a page carries, where it can be worked out with a pencil, and against the engine. */
final class TraceTest {
  private Backend backend;
  private Scope scope;

  @BeforeEach
  void open() {
    backend = Backends.open("reference", false, line -> {});
    scope = new Scope(backend);
  }

  @AfterEach
  void close() {
    scope.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  private Trace trace(Network network, float[] pixels, Unit unit, ReluRule rule, boolean all) {
    Tensor x = scope.of(network.inputShape(), pixels);
    try (Walk walk = new Walk(network);
        Run run = network.forward(x, Listen.to(unit.layer()).withGradients())) {
      int[] layers = {0};
      Trace trace = walk.back(run, unit, rule, all, n -> layers[0] += n);
      assertThat(layers[0]).isEqualTo(trace.lines().size());
      return trace;
    }
  }

  private static float[] floats(byte[] bytes) {
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  private static Trace.Step step(Trace trace, String layer) {
    return trace.steps().stream().filter(s -> s.layer().equals(layer)).findFirst().orElseThrow();
  }

  // ---- with a pencil ----

  /**
   * A convolution with two filters of ones and biases -50 and -75, a ReLU, a dense layer whose rows
   * are 1 for the first five numbers, counted filter after filter, and -1 for the last three.
   */
  private static Network pencil(Backend backend) {
    float[] ones = new float[18];
    Arrays.fill(ones, 1);
    float[] rows = new float[8 * 4];
    for (int filter = 0; filter < 2; filter++) {
      for (int pixel = 0; pixel < 4; pixel++) {
        int row = pixel * 2 + filter;
        Arrays.fill(rows, row * 4, row * 4 + 4, filter * 4 + pixel < 5 ? 1 : -1);
      }
    }
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 4, 4, 1))) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.valid(3, 3, 1, 1)),
              b.parameter("conv/kernel", Shape.of(3, 3, 1, 2), ones),
              b.parameter("conv/bias", Shape.of(2), new float[] {-50, -75}))
          .layer("relu1", new Relu())
          .layer("flatten", Reshape.flatten())
          .layer("dense", new Dense(), b.parameter("dense/weights", Shape.of(8, 4), rows))
          .layer("relu2", new Relu())
          .build();
    }
  }

  private static final float[] COUNT = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  private Trace pencil(ReluRule rule) {
    try (Network network = pencil(backend)) {
      return trace(network, COUNT, Unit.mean("relu2", 0), rule, false);
    }
  }

  @ParameterizedTest
  @EnumSource(ReluRule.class)
  void theNumbersAreThoseOfThePencil(ReluRule rule) {
    Trace trace = pencil(rule);

    assertThat(trace.score()).isEqualTo(54);
    assertThat(trace.lines())
        .extracting(Trace.Line::layer)
        .containsExactly("relu2", "dense", "flatten", "relu1", "conv");
    // Planes, so filter after filter.
    Trace.Maps conv = trace.tensors().get("conv");
    assertThat(floats(conv.values())).containsExactly(-5, 4, 31, 40, -30, -21, 6, 15);
    Trace.Maps relu = trace.tensors().get("relu1");
    assertThat(floats(relu.values())).containsExactly(0, 4, 31, 40, 0, 0, 6, 15);
    assertThat(floats(relu.gradient())).containsExactly(1, 1, 1, 1, 1, -1, -1, -1);
    float[] masked =
        switch (rule) {
          case GRADIENT -> new float[] {0, 1, 1, 1, 0, 0, -1, -1};
          case GUIDED -> new float[] {0, 1, 1, 1, 0, 0, 0, 0};
          case DECONVNET -> new float[] {1, 1, 1, 1, 1, 0, 0, 0};
        };
    assertThat(floats(conv.gradient())).containsExactly(masked);
    float[] pixels =
        switch (rule) {
          case GRADIENT -> new float[] {0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0};
          case GUIDED -> new float[] {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1};
          case DECONVNET -> new float[] {2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1};
        };
    assertThat(floats(trace.tensors().get("image").gradient())).containsExactly(pixels);
    assertThat(trace.gradient()).containsExactly(pixels);
    assertThat(step(trace, "conv").leaving().get(0).norm())
        .isCloseTo(Math.sqrt(squares(pixels)), within(1e-9));
    assertThat(trace.allZero()).isFalse();
  }

  private static double squares(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value * value;
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource(ReluRule.class)
  void theThreeRulesStandSideBySideWhicheverWasChosen(ReluRule rule) {
    List<RuleFigures> rules = step(pencil(rule), "relu1").rules();

    assertThat(rules)
        .extracting(RuleFigures::rule)
        .containsExactly("gradient", "guided", "deconvnet");
    assertThat(rules).extracting(RuleFigures::zeroed).containsExactly(3L, 5L, 3L);
    assertThat(rules).extracting(r -> r.sent().zeros()).containsExactly(3L, 5L, 3L);
    assertThat(rules)
        .extracting(r -> r.sent().norm())
        .containsExactly(Math.sqrt(5), Math.sqrt(3), Math.sqrt(5));
    // What was zero before is not zeroed: of the four numbers that arrive there three are.
    assertThat(step(pencil(rule), "relu2").rules())
        .extracting(RuleFigures::zeroed)
        .containsExactly(0L, 0L, 0L);
    // <x, sent>: only the derivative gives <y, g> = 54 again.
    assertThat(rules).extracting(RuleFigures::backwards).containsExactly(54.0, 75.0, 40.0);
  }

  @Test
  void theAdjointIdentityHasBothItsSidesAndTheBiasApart() {
    Trace trace = pencil(ReluRule.GRADIENT);

    // The windows' sums 54, 81, 90 under the mask: 54 + 81 + 90 - 81 - 90. The outputs are 4, 31,
    // 40, 6 and 15 in size, the biases 50 three times and 75 twice.
    assertThat(step(trace, "conv").adjoint()).isEqualTo(new Adjoint(true, 54, 54, 396, 0));
    assertThat(step(trace, "relu1").adjoint().forwards()).isEqualTo(54);
    assertThat(step(trace, "dense").adjoint().backwards()).isEqualTo(54);
    assertThat(trace.balance()).isEqualTo(new Trace.Balance(54, 0));
    assertThat(pencil(ReluRule.GUIDED).balance()).isNull();
    assertThat(trace.lines()).allMatch(Trace.Line::adjoint);
  }

  @Test
  void aConvolutionsWeightsAndBiasesAreCarried() {
    Weights conv = step(pencil(ReluRule.GRADIENT), "conv").weights();

    assertThat(conv.ins()).isNull();
    assertThat(conv.outs()).isNull();
    assertThat(floats(conv.kernel())).hasSize(18).containsOnly(1);
    assertThat(floats(conv.bias())).containsExactly(-50, -75);
  }

  // ---- against the engine ----

  /** Branches, a padded and a strided convolution, overlapping windows, a softmax. */
  private static Network branched(Backend backend, int channels) {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 9, 8, 3))) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.same(3, 3, 2, 1)),
              b.parameter(
                  "conv/kernel",
                  Shape.of(3, 3, 3, channels),
                  SmallNetworks.random(27 * channels, 1)),
              b.parameter("conv/bias", Shape.of(channels), SmallNetworks.random(channels, 2)))
          .layer("relu", new Relu())
          .layer("pool", new MaxPool2d(Sliding.valid(3, 3, 2, 2)))
          .layer(
              "left",
              new Conv2d(Sliding.valid(1, 1, 1, 1)),
              List.of("pool"),
              List.of(
                  b.parameter(
                      "left/kernel",
                      Shape.of(1, 1, channels, channels),
                      SmallNetworks.random(channels * channels, 3))))
          .layer("side", new Concat(-1), List.of("left", "pool"), List.of())
          .layer("mean", new GlobalPool2d(Reduction.MEAN, false))
          .layer(
              "scores",
              new Dense(),
              b.parameter("w", Shape.of(2 * channels, 4), SmallNetworks.random(8 * channels, 4)))
          .layer("softmax", new Softmax())
          .build();
    }
  }

  @ParameterizedTest
  @EnumSource(ReluRule.class)
  void whatIsCarriedIsWhatTheEngineFinds(ReluRule rule) {
    try (Network network = branched(backend, 5)) {
      float[] pixels = SmallNetworks.random(9 * 8 * 3, 7);
      Unit unit = Unit.mean("softmax", 2);
      Trace trace = trace(network, pixels, unit, rule, false);

      List<String> layers = network.layers().stream().map(Layer::name).toList();
      Listen listen = Listen.to(layers.toArray(String[]::new)).withGradients();
      try (Run run = network.forward(scope.of(network.inputShape(), pixels), listen)) {
        List<Tensor> wanted = new ArrayList<>(layers.stream().map(run::output).toList());
        wanted.add(run.input()); // so that there is a ReLU on the way
        Map<Tensor, Tensor> seeds = Map.of(run.output("softmax"), unit.seed(run));
        Gradients gradients = run.backward(seeds, wanted, rule);
        for (String layer : layers) {
          Tensor at = run.output(layer);
          Tensor g = gradients.at(at);
          Trace.Maps maps = trace.tensors().get(layer);
          assertThat(interleaved(maps, Trace.Maps::values)).as(layer).isEqualTo(at.toFloats());
          assertThat(interleaved(maps, Trace.Maps::gradient)).as(layer).isEqualTo(g.toFloats());
        }
        assertThat(trace.gradient()).isEqualTo(new InputGradient(rule).of(run, unit));
      }
      assertThat(trace.lines()).allMatch(Trace.Line::adjoint);
      assertThat(step(trace, "softmax").adjoint().straight()).isFalse();
      assertThat(step(trace, "softmax").adjoint().forwards())
          .isCloseTo(
              step(trace, "softmax").adjoint().backwards(),
              within(1e-3 * step(trace, "softmax").adjoint().size()));
      assertThat(trace.balance()).isNull(); // the softmax bends
    }
  }

  private static float[] interleaved(Trace.Maps maps, Function<Trace.Maps, byte[]> of) {
    float[] planes = floats(of.apply(maps));
    float[] values = new float[planes.length];
    int pixels = maps.h() * maps.w();
    for (int i = 0; i < values.length; i++) {
      values[i] = planes[i % maps.c() * pixels + i / maps.c()];
    }
    return values;
  }

  @Test
  void whereALayerIsReadTwiceTheSharesAddUp() {
    try (Network network = branched(backend, 5)) {
      Trace trace =
          trace(
              network,
              SmallNetworks.random(9 * 8 * 3, 7),
              Unit.mean("scores", 1),
              ReluRule.GRADIENT,
              false);

      float[] left = floats(step(trace, "left").shares().get(0));
      assertThat(step(trace, "side").shares().get(0)).isNull(); // nobody else reads left
      float[] side = floats(step(trace, "side").shares().get(1));
      float[] both = floats(trace.tensors().get("pool").gradient());
      for (int i = 0; i < both.length; i++) {
        assertThat(left[i] + side[i]).isCloseTo(both[i], within(1e-6f));
      }
      assertThat(trace.balance().pixels() + trace.balance().biases())
          .isCloseTo(trace.score(), within(1e-6));
    }
  }

  @Test
  void aResidualSumAndANormalizationKeepTheIdentityAndTheBalance() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 6, 5, 2))) {
      Network built =
          b.layer(
                  "conv",
                  new Conv2d(Sliding.same(3, 3, 1, 1)),
                  b.parameter("k", Shape.of(3, 3, 2, 4), SmallNetworks.random(72, 1)))
              .layer(
                  "bn",
                  new BatchNorm(1e-3),
                  b.parameter("gamma", Shape.of(4), SmallNetworks.random(4, 2)),
                  b.parameter("beta", Shape.of(4), SmallNetworks.random(4, 3)),
                  b.parameter("mean", Shape.of(4), SmallNetworks.random(4, 4)),
                  b.parameter("variance", Shape.of(4), new float[] {1, 2, 3, 4}))
              .layer("relu", new Relu())
              .layer("sum", new Arithmetic(Binary.ADD), List.of("relu", "conv"), List.of())
              .layer("mean_of_it", new GlobalPool2d(Reduction.MEAN, false))
              .build();
      try (built) {
        Trace trace =
            trace(
                built,
                SmallNetworks.random(60, 5),
                Unit.mean("mean_of_it", 2),
                ReluRule.GRADIENT,
                false);

        assertThat(trace.lines())
            .extracting(Trace.Line::kind)
            .containsExactly("global-average", "add", "relu", "batch-norm", "convolution");
        assertThat(trace.lines()).allMatch(Trace.Line::adjoint);
        assertThat(step(trace, "bn").adjoint().bias()).isNotZero();
        assertThat(trace.balance().pixels() + trace.balance().biases())
            .isCloseTo(trace.score(), within(1e-9));
      }
    }
  }

  @Test
  void theSwitchesNameTheWinners() {
    try (Network network = branched(backend, 5)) {
      Trace trace =
          trace(
              network,
              SmallNetworks.random(9 * 8 * 3, 7),
              Unit.mean("scores", 1),
              ReluRule.GRADIENT,
              false);

      Trace.Step pool = step(trace, "pool");
      Trace.Maps y = trace.tensors().get("pool");
      Trace.Maps x = trace.tensors().get("relu");
      Geometry g = pool.geometry();
      assertThat(pool.switches()).hasSize(y.h() * y.w() * y.c());
      for (int i = 0; i < pool.switches().length; i++) {
        int c = i / (y.h() * y.w());
        int row = i / y.w() % y.h() * g.sh() + pool.switches()[i] / g.kw() - g.top();
        int column = i % y.w() * g.sw() + pool.switches()[i] % g.kw() - g.left();
        assertThat(floats(x.values())[(c * x.h() + row) * x.w() + column])
            .isEqualTo(floats(y.values())[i]);
      }
    }
  }

  // ---- where not all fits ----

  @Test
  void ofMapsThatDoNotFitTheStrongestChannelsAreCarriedAndCanBeFollowed() {
    Shape input = Shape.of(1, 200, 200, 3);
    try (NetworkBuilder b = Network.on(backend).input("image", input);
        Network network =
            b.layer(
                    "conv",
                    new Conv2d(Sliding.valid(1, 1, 1, 1)),
                    b.parameter("k", Shape.of(1, 1, 3, 40), SmallNetworks.random(120, 1)))
                .layer("relu", new Relu())
                .layer("side", new Concat(-1), List.of("relu", "conv"), List.of())
                .layer("mean", new GlobalPool2d(Reduction.MEAN, false))
                .build()) {
      float[] pixels = SmallNetworks.random(200 * 200 * 3, 3);
      Trace some = trace(network, pixels, Unit.mean("mean", 17), ReluRule.GRADIENT, false);

      assertThat(some.tensors().get("side").channels()).hasSize(8).contains(17);
      assertThat(some.tensors().get("relu").channels()).hasSize(4).startsWith(17);
      assertThat(some.tensors().get("conv").channels()).hasSize(4);
      assertThat(some.tensors().get("mean").channels()).isNull();
      assertThat(some.tensors().get("mean").c()).isEqualTo(80);
      Weights weights = step(some, "conv").weights();
      assertThat(weights.outs()).isEqualTo(some.tensors().get("conv").channels());
      float[] kernel = floats(weights.kernel());
      float[] whole = SmallNetworks.random(120, 1);
      for (int i = 0; i < 3; i++) {
        for (int o = 0; o < 4; o++) {
          assertThat(kernel[i * 4 + o]).isEqualTo(whole[i * 40 + weights.outs()[o]]);
        }
      }
      // The figures are of all channels, carried or not.
      assertThat(some.tensors().get("conv").all().count()).isEqualTo(200 * 200 * 40);

      Trace all = trace(network, pixels, Unit.mean("mean", 17), ReluRule.GRADIENT, true);
      assertThat(all.tensors().get("side").channels()).isNull();
      assertThat(floats(all.tensors().get("conv").values())).hasSize(200 * 200 * 40);
    }
  }

  @Test
  void aBranchOfWhichNothingWasChosenChoosesForItself() {
    float[] faint = SmallNetworks.random(120, 2);
    for (int i = 0; i < faint.length; i++) {
      faint[i] *= 1e-6f;
    }
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 200, 200, 3));
        Network network =
            b.layer(
                    "loud",
                    new Conv2d(Sliding.valid(1, 1, 1, 1)),
                    b.parameter("k", Shape.of(1, 1, 3, 40), SmallNetworks.random(120, 1)))
                .layer(
                    "faint",
                    new Conv2d(Sliding.valid(1, 1, 1, 1)),
                    List.of("image"),
                    List.of(b.parameter("f", Shape.of(1, 1, 3, 40), faint)))
                .layer("side", new Concat(3), List.of("faint", "loud"), List.of())
                .layer("pool", new MaxPool2d(Sliding.valid(2, 2, 2, 2)))
                .build()) {
      float[] pixels = SmallNetworks.random(200 * 200 * 3, 3);
      Trace trace = trace(network, pixels, Unit.mean("pool", 60), ReluRule.GRADIENT, false);

      int[] side = trace.tensors().get("side").channels();
      assertThat(side).isEqualTo(trace.tensors().get("pool").channels());
      assertThat(Arrays.stream(side)).allMatch(c -> c >= 40);
      assertThat(trace.tensors().get("loud").channels()).hasSize(8).contains(20);
      assertThat(trace.tensors().get("faint").channels()).hasSize(8);
    }
  }

  @Test
  void vgg16sPageStaysBelowTwentyFiveMegabytes() {
    Map<String, Shape> shapes = new HashMap<>();
    shapes.put("input", Shape.of(1, 224, 224, 3));
    int[][] blocks = {{64, 2}, {128, 2}, {256, 3}, {512, 3}, {512, 3}};
    int side = 224;
    for (int[] block : blocks) {
      for (int i = 0; i < 2 * block[1]; i++) { // each with its ReLU
        shapes.put(side + "/" + i, Shape.of(1, side, side, block[0]));
      }
      side /= 2;
      shapes.put(side + "/pool", Shape.of(1, side, side, block[0]));
    }
    for (int[] row : new int[][] {{25088, 1}, {4096, 4}, {1000, 1}}) {
      for (int i = 0; i < row[1]; i++) {
        shapes.put(row[0] + "/" + i, Shape.of(1, row[0]));
      }
    }
    int most = Selection.most(shapes);
    assertThat(most).isBetween(4, 8);
    // In base64, and with eight columns of each dense layer.
    long columns = 8L * 4 * (25088 + 4096 + 4096);
    assertThat((Selection.bytes(shapes, most) + columns) * 4 / 3)
        .isBetween(12_000_000L, 23_000_000L);
  }

  @Test
  void ofWeightsThatAreTooManyThoseToTheStrongestChannelsAreCarried() {
    int units = 100;
    Shape input = Shape.of(1, 40, 40, 1);
    try (NetworkBuilder b = Network.on(backend).input("image", input);
        Network network =
            b.layer("flat", Reshape.flatten())
                .layer(
                    "dense",
                    new Dense(),
                    b.parameter("w", Shape.of(1600, units), SmallNetworks.random(1600 * units, 1)),
                    b.parameter("b", Shape.of(units), SmallNetworks.random(units, 2)))
                .build()) {
      Trace trace =
          trace(
              network,
              SmallNetworks.random(1600, 3),
              Unit.mean("dense", 77),
              ReluRule.GRADIENT,
              true);

      Weights dense = step(trace, "dense").weights();
      assertThat(dense.ins()).isNull();
      assertThat(dense.outs()).hasSize(8).startsWith(77);
      float[] whole = SmallNetworks.random(1600 * units, 1);
      float[] carried = floats(dense.kernel());
      for (int i = 0; i < 1600; i++) {
        assertThat(carried[i * 8]).isEqualTo(whole[i * units + 77]);
      }
      assertThat(floats(dense.bias())[0]).isEqualTo(SmallNetworks.random(units, 2)[77]);
    }
  }

  // ---- what must be noticed ----

  /** Twice its input forwards, three times the gradient backwards. */
  private record Wrong() implements Op {
    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public Tensor forward(Node n) {
      Tensor y = n.makeOutput();
      n.backend().unary(dev.vitrine.engine.backend.Unary.LINEAR, 2, 0, n.in(0), y.buffer());
      return y;
    }

    @Override
    public Tensor gradient(Node n, Tensor g, int i) {
      return Functions.scale(g, 3);
    }
  }

  @Test
  void aDerivativeThatDoesNotBelongToItsLayerIsSeen() {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 2, 2, 1));
        Network network = b.layer("wrong", new Wrong()).build()) {
      Trace trace =
          trace(network, new float[] {1, 2, 3, 4}, Unit.mean("wrong", 0), ReluRule.GRADIENT, false);

      assertThat(trace.lines()).singleElement().matches(line -> !line.adjoint());
      assertThat(trace.lines().get(0).forwards()).isCloseTo(5, within(1e-6));
      assertThat(trace.lines().get(0).backwards()).isCloseTo(7.5, within(1e-6));
    }
  }

  @Test
  void aRuleWithoutAReluIsRefused() {
    try (Network network =
        SmallNetworks.linear(backend, Shape.of(1, 2, 2, 1), 2, SmallNetworks.random(8, 1))) {
      assertThatThrownBy(
              () -> trace(network, new float[4], Unit.mean("scores", 0), ReluRule.GUIDED, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("rule guided found no ReLU");
    }
  }
}
