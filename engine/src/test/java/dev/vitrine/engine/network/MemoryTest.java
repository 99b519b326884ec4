package dev.vitrine.engine.network;

import static dev.vitrine.engine.op.Functions.relu;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Adam;
import dev.vitrine.engine.Node;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.Watched;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Relu;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What runs hold, when they give it back, and that nothing is lost when they break down. */
class MemoryTest extends OnEveryBackend {
  private static final Listen GRADIENTS = Listen.toOutput().withGradients();

  @Test
  void aRunFreesWhatItMadeAndCanBeClosedTwice() {
    try (Network network = Networks.rooms(backend, 1)) {
      Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
      network.forward(x, GRADIENTS).close(); // packs and folds weights
      long before = backend.liveBytes();
      Run run = network.forward(x, GRADIENTS);
      Tensor y = run.output();
      assertThat(backend.liveBytes()).isGreaterThan(before);
      run.close();
      run.close();
      assertThat(backend.liveBytes()).isEqualTo(before);
      assertThat(x.isOpen()).isTrue();
      assertThatThrownBy(y::toFloats)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("tensor softmax [2, 4] is used after it was closed");
    }
  }

  @Test
  void aKeptOutputOutlivesRunAndNetwork() {
    Tensor y;
    try (Network network = Networks.rooms(backend, 1);
        Run run = network.forward(new Seeded(1).tensor(scope, Networks.ROOMS_INPUT))) {
      y = run.output().keep();
    }
    assertThat(y.toFloats()).hasSize(8);
    y.close();
  }

  @Test
  void aClosedNetworkSaysSo() {
    Network network = Networks.rooms(backend, 1);
    network.close();
    network.close();
    Tensor x = new Seeded(1).tensor(scope, Networks.ROOMS_INPUT);
    assertThatThrownBy(() -> network.forward(x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageMatching("tensor \\S+/\\S+ \\[.*] is used after it was closed");
  }

  @Test
  void aForwardRunFreesWhatNobodyReadsAnyMore() {
    Watched watched = new Watched(backend);
    Tensor image = new Seeded(1).tensor(scope, Shape.of(1, 40, 40, 2));
    long before = backend.liveBytes();
    long layer = before; // a backend may round it up
    try (Network network = chain(watched.backend(), 20)) {
      try (Run run = network.forward(image)) {
        assertThat(run.output().shape()).isEqualTo(image.shape());
        assertThat(watched.peak() - before).isEqualTo(2 * layer);
        assertThat(backend.liveBytes() - before).isEqualTo(layer);
      }
      try (Run run = network.forward(image, GRADIENTS)) {
        assertThat(run.output().shape()).isEqualTo(image.shape());
        assertThat(backend.liveBytes() - before).isEqualTo(20 * layer);
      }
      try (Run run = network.forward(image, Listen.to("4", "17"))) {
        assertThat(run.output("4").shape()).isEqualTo(image.shape());
        assertThat(backend.liveBytes() - before).isEqualTo(3 * layer);
        assertThatThrownBy(() -> run.output("5"))
            .isInstanceOf(IllegalStateException.class)
            .hasMessage("the output of 5 was not kept: name it in Listen.to(...)");
        assertThatThrownBy(() -> run.output("21")).isInstanceOf(UnknownLayerException.class);
        assertThat(run.output("image")).isSameAs(image);
      }
    }
  }

  private static Network chain(Backend backend, int length) {
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 0, 0, 2))) {
      for (int i = 0; i < length; i++) {
        b.layer(String.valueOf(i), new Elementwise(Unary.TANH));
      }
      return b.build();
    }
  }

  @Test
  void anOutputThatOthersReadIsKept() {
    Tensor image = scope.of(Shape.of(1, 1, 1, 2), -1, 2);
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 0, 0, 2))) {
      b.layer("middle", new Relu()).layer("end", new Elementwise(Unary.TANH)).output("middle");
      try (Network network = b.build();
          Run run = network.forward(image)) {
        assertThat(run.output().toFloats()).containsExactly(0, 2);
      }
    }
  }

  @Test
  void manyGradientStepsHoldNoMoreThanTwo() {
    try (Network network = Networks.golden(backend);
        Adam adam = new Adam(backend, 0.01, 0);
        Hook hook = network.onBackward("relu1", c -> relu(c.gradInput()))) {
      Tensor image = scope.of(Networks.GOLDEN_INPUT, Networks.goldenImage());
      Tensor seed = scope.of(Shape.of(1, 4), 1, 0, 0, 0).keep();
      long afterTwo = 0;
      for (int step = 0; step < (isDouble() ? 1000 : 100); step++) {
        try (Run run = network.forward(image, GRADIENTS)) {
          adam.step(image, run.backward(Map.of(run.output(), seed), List.of(image)).at(image));
        }
        afterTwo = step == 1 ? backend.liveBytes() : afterTwo;
      }
      assertThat(backend.liveBytes()).isEqualTo(afterTwo);
      seed.close();
    }
  }

  @Test
  void imagesWithinIsAnUpperBoundOfWhatARunHolds() {
    Watched watched = new Watched(backend);
    try (Network network = Networks.rooms(watched.backend(), 1)) {
      for (boolean gradients : new boolean[] {false, true}) {
        Listen listen = gradients ? GRADIENTS : Listen.toOutput();
        pass(network, scope.filled(Shape.of(1, 6, 5, 2), 0.1), listen); // packs and folds
        for (int budget : new int[] {30_000, 200_000}) {
          int n = network.imagesWithin(budget, 6, 5, gradients);
          assertThat(n).isGreaterThan(1);
          try (Scope own = new Scope(backend)) {
            Tensor x = own.filled(Shape.of(n, 6, 5, 2), 0.1);
            long before = backend.liveBytes();
            Watched fresh = new Watched(backend);
            try (Network same = network.copyTo(fresh.backend())) {
              long weights = backend.liveBytes() - before;
              pass(same, x, listen);
              // folded and packed weights are no part of a run: allow them once more
              long held = fresh.peak() - before - 3 * weights;
              assertThat(held)
                  .as("%d images on %s, gradients %s", n, provider.name(), gradients)
                  .isLessThanOrEqualTo(budget * elementBytes() / Float.BYTES);
            }
          }
        }
      }
      assertThat(network.imagesWithin(1, 6, 5, false)).isEqualTo(1);
    }
  }

  private static void pass(Network network, Tensor x, Listen listen) {
    try (Run run = network.forward(x, listen)) {
      if (listen.gradients()) {
        Tensor seed = run.scope().filled(run.output().shape(), 1);
        run.backward(Map.of(run.output(), seed), List.of(x));
      }
    }
  }

  private long elementBytes() {
    return isDouble() ? Double.BYTES : Float.BYTES;
  }

  // ---- breakdowns ----

  /** An operation that fails on its way forward or back. */
  private record Failing(boolean forward) implements Op {
    @Override
    public Shape shape(List<Shape> inputs) {
      return inputs.get(0);
    }

    @Override
    public Tensor forward(Node node) {
      Tensor y = node.makeOutput();
      if (forward) {
        throw new IllegalStateException("failed forward");
      }
      node.backend().unary(Unary.LINEAR, 1, 0, node.in(0), y.buffer());
      return y;
    }

    @Override
    public Tensor gradient(Node node, Tensor g, int i) {
      node.make(g.shape());
      throw new IllegalStateException("failed backward");
    }
  }

  @Test
  void anOperationThatThrowsLeavesNothing() {
    Tensor x = scope.filled(Shape.of(1, 2, 2, 1), 1);
    Tensor seed = scope.filled(x.shape(), 1).keep();
    long before = backend.liveBytes();
    for (boolean forward : new boolean[] {true, false}) {
      try (NetworkBuilder b = Network.on(backend).input("x", x.shape());
          Network network =
              b.layer("tanh", new Elementwise(Unary.TANH))
                  .layer("failing", new Failing(forward))
                  .layer("relu", new Relu())
                  .build()) {
        assertThatThrownBy(
                () -> {
                  try (Run run = network.forward(x, GRADIENTS)) {
                    run.backward(Map.of(run.output(), seed), List.of(x));
                  }
                })
            .hasMessage(forward ? "failed forward" : "failed backward");
        assertThat(backend.liveBytes()).isEqualTo(before);
      }
    }
    seed.close();
    x.close();
    assertThat(backend.liveBytes()).isZero();
  }

  @Test
  void aHookThatThrowsLeavesNothing() {
    try (Network network = Networks.golden(backend);
        Tensor image = scope.of(Networks.GOLDEN_INPUT, Networks.goldenImage());
        Tensor seed = scope.filled(Shape.of(1, 4), 1).keep()) {
      for (Listen listen : List.of(GRADIENTS, Listen.to("conv", "dense").withGradients())) {
        pass(network, image, listen); // packs weights
      }
      long before = backend.liveBytes();
      try (Hook hook =
          network.onForward(
              "dense",
              c -> {
                throw new IllegalStateException("thrown");
              })) {
        assertThatThrownBy(() -> network.forward(image)).hasMessage("thrown");
        assertThat(backend.liveBytes()).isEqualTo(before);
      }
      try (Run run = network.forward(image, GRADIENTS);
          Hook hook =
              network.onBackward(
                  "relu1",
                  c -> {
                    throw new IllegalStateException("thrown");
                  })) {
        assertThatThrownBy(() -> run.backward(Map.of(run.output(), seed), List.of(image)))
            .hasMessage("thrown");
        hook.close();
        assertThat(run.backward(Map.of(run.output(), seed), List.of(image)).at(image).toFloats())
            .startsWith(0, 4, 4, 4); // the pass after is not disturbed
      }
      assertThat(backend.liveBytes()).isEqualTo(before);
    }
  }

  @Test
  void whereverTheDeviceBreaksDownNothingIsLost() {
    Watched device = new Watched(backend);
    String broken = "nothing yet";
    int call = 0;
    while (broken != null) {
      device.failAt(call);
      broken = null;
      try {
        everything(device.backend());
      } catch (Watched.Breakdown e) {
        broken = e.getMessage();
      }
      assertThat(backend.liveBytes()).as("live bytes after a breakdown in %s", broken).isZero();
      call += isDouble() ? 2 : 11; // it is the engine that is tried here, not the backend
    }
    assertThat(call).as("the calls that it takes").isGreaterThan(300);
  }

  /** Builds a network, runs it forward and back with hooks and rules, trains a step, copies it. */
  private static void everything(Backend backend) {
    try (Scope own = new Scope(backend);
        Network network = Networks.rooms(backend, 1);
        Adam adam = new Adam(backend, 0.1, 0.1);
        Hook hook = network.onBackward("relu2", c -> relu(c.gradInput()))) {
      Tensor x = new Seeded(1).tensor(own, Networks.ROOMS_INPUT);
      Tensor kernel = network.layer("conv1").parameters().get(0).value();
      try (Run run = network.forward(x, Listen.to("concat", "right").withGradients());
          Hook late = network.onBackward("relu1", c -> c.vjp(c.gradOutput()).get(0))) {
        Tensor seed = own.filled(run.output("concat").shape(), 1);
        run.backward(
                Map.of(run.output(), run.output(), run.output("concat"), seed),
                List.of(x, run.output("right")),
                ReluRule.GUIDED)
            .at(x);
      }
      network.train();
      try (Run run = network.forward(x, Listen.toOutput().withWeightGradients())) {
        adam.step(
            kernel, run.backward(Map.of(run.output(), run.output()), List.of(kernel)).at(kernel));
      }
      network.freeze();
      try (Network copy = network.copyTo(backend);
          Run run = copy.forward(x)) {
        run.output().toFloats();
      }
    }
  }
}
