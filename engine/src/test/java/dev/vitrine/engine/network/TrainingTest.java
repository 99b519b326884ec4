package dev.vitrine.engine.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Adam;
import dev.vitrine.engine.Agreement;
import dev.vitrine.engine.Gradients;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Seeded;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Functions;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.engine.reference.ReferenceBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights learn, and a network that has learned is what a frozen one is. */
class TrainingTest extends OnEveryBackend {
  private static final int IMAGES = 12;

  @Test
  void adamFollowsItsFormula() {
    double[] x = {1, -2, 0.5};
    double[] m = new double[3];
    double[] v = new double[3];
    Tensor moved = scope.of(Shape.of(3), x);
    Tensor other = scope.filled(Shape.of(1), 3);
    try (Adam adam = new Adam(backend, 0.05, 0.01)) {
      for (int t = 1; t <= 5; t++) {
        double[] g = {0.3 * t, -1, 1e-3};
        Tensor gradient = scope.of(Shape.of(3), g);
        adam.step(moved, gradient);
        if (t % 2 == 0) { // steps are counted for each tensor by itself
          adam.step(other, scope.filled(Shape.of(1), 1));
        }
        for (int i = 0; i < 3; i++) {
          double decayed = g[i] + 0.01 * x[i];
          m[i] = 0.9 * m[i] + 0.1 * decayed;
          v[i] = 0.999 * v[i] + 0.001 * decayed * decayed;
          double first = m[i] / (1 - Math.pow(0.9, t));
          double second = v[i] / (1 - Math.pow(0.999, t));
          x[i] -= 0.05 * first / (Math.sqrt(second) + 1e-8);
        }
        Agreement.check("step " + t, moved.toDoubles(), x, isDouble() ? 1e-14 : 1e-6);
        Agreement.check("gradient " + t, gradient.toDoubles(), g, isDouble() ? 0 : 1e-7);
      }
    }
    Agreement.check("the other", other.toDoubles(), new double[] {2.9}, isDouble() ? 1e-6 : 1e-5);
  }

  @Test
  void theLossFallsFromRandomWeights() {
    try (Network network = classifier();
        Adam adam = new Adam(backend, 0.03, 0)) {
      double[] images = images();
      Tensor x = scope.of(Shape.of(IMAGES, 5, 5, 1), images);
      Tensor oneHot = scope.of(Shape.of(IMAGES, 3), oneHot());
      network.train();
      double first = step(network, adam, x, oneHot);
      double last = first;
      for (int i = 0; i < 60; i++) {
        last = step(network, adam, x, oneHot);
      }
      network.freeze();
      assertThat(first).isGreaterThan(0.8);
      assertThat(last).isLessThan(0.05);
    }
  }

  /** One step of all weights against the mean cross-entropy, whose gradient is p - one-hot. */
  private double step(Network network, Adam adam, Tensor x, Tensor oneHot) {
    List<Tensor> weights = network.parameters().stream().map(Parameter::value).toList();
    try (Run run = network.forward(x, Listen.to("logits").withWeightGradients())) {
      Tensor seed = Functions.scale(Functions.subtract(run.output(), oneHot), 1.0 / IMAGES);
      Gradients g = run.backward(Map.of(run.output("logits"), seed), weights);
      double[] p = run.output().toDoubles();
      weights.forEach(w -> adam.step(w, g.at(w)));
      double loss = 0;
      double[] target = oneHot();
      for (int i = 0; i < p.length; i++) {
        loss -= target[i] == 1 ? Math.log(p[i]) / IMAGES : 0;
      }
      return loss;
    }
  }

  @Test
  void theWeightsGradientIsTheDifferenceQuotientOfTheLoss() {
    try (Network network = classifier()) {
      Tensor x = scope.of(Shape.of(IMAGES, 5, 5, 1), images());
      Tensor kernel = network.layer("conv").parameters().get(0).value();
      double[] g;
      try (Run run = network.forward(x, Listen.toOutput().withWeightGradients())) {
        Tensor seed = new Seeded(3).tensor(run.scope(), run.output().shape());
        g = run.backward(Map.of(run.output(), seed), List.of(kernel)).at(kernel).toDoubles();
      }
      try (ReferenceBackend exact = new ReferenceBackend();
          Scope there = new Scope(exact);
          Network copy = network.copyTo(exact)) {
        Agreement.check(
            "kernel's gradient",
            g,
            quotients(copy, there.of(x.shape(), images())),
            isDouble() ? 1e-7 : 1e-5);
      }
    }
  }

  private static double[] quotients(Network network, Tensor x) {
    network.train();
    double h = 1e-6;
    Tensor kernel = network.layer("conv").parameters().get(0).value();
    double[] weights = kernel.toDoubles();
    double[] quotients = new double[weights.length];
    for (int i = 0; i < weights.length; i++) {
      double w = weights[i];
      weights[i] = w + h;
      double above = score(network, x, kernel, weights);
      weights[i] = w - h;
      quotients[i] = (above - score(network, x, kernel, weights)) / (2 * h);
      weights[i] = w;
    }
    return quotients;
  }

  private static double score(Network network, Tensor x, Tensor kernel, double[] weights) {
    kernel.backend().upload(kernel.buffer(), 0, weights, 0, weights.length);
    try (Run run = network.forward(x)) {
      double[] y = run.output().toDoubles();
      return Agreement.inner(y, new Seeded(3).uniform(run.output().shape(), -1, 1));
    }
  }

  @Test
  void frozenWeightsAreNotTrained() {
    try (Network network = classifier();
        Adam adam = new Adam(backend, 0.1, 0)) {
      Tensor kernel = network.layer("conv").parameters().get(0).value();
      Tensor g = scope.filled(kernel.shape(), 1);
      assertThatThrownBy(() -> adam.step(kernel, g)).isInstanceOf(IllegalStateException.class);
      network.train();
      adam.step(kernel, g);
      network.freeze();
      assertThatThrownBy(() -> adam.step(kernel, g)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void trainingAndFreezingChangesNothingByItself() {
    try (Network network = Networks.rooms(backend, 2)) {
      Tensor x = new Seeded(2).tensor(scope, Networks.ROOMS_INPUT);
      double[] before = output(network, x);
      long live = backend.liveBytes();
      network.train();
      network.train();
      Agreement.check("in training", output(network, x), before, isDouble() ? 1e-12 : 1e-6);
      network.freeze();
      network.freeze();
      assertThat(output(network, x)).isEqualTo(before);
      assertThat(backend.liveBytes()).isEqualTo(live);
    }
  }

  @Test
  void aFoldedNormalizationFollowsTheTrainedWeights() {
    try (Network network = Networks.rooms(backend, 2)) {
      Tensor x = new Seeded(2).tensor(scope, Networks.ROOMS_INPUT);
      double[] before = output(network, x);
      network.train();
      Parameter gamma = network.layer("bn1").parameters().get(0);
      backend.upload(gamma.value().buffer(), 0, new double[] {2, 2, 2}, 0, 3);
      double[] training = output(network, x);
      network.freeze();
      assertThat(training).isNotEqualTo(before);
      Agreement.check("folded", output(network, x), training, isDouble() ? 1e-12 : 1e-6);
    }
  }

  @Test
  void aCopyComputesTheSameAndIsItsOwn() {
    try (Network network = Networks.rooms(backend, 2);
        ReferenceBackend other = new ReferenceBackend()) {
      Tensor x = new Seeded(2).tensor(scope, Networks.ROOMS_INPUT);
      double[] y;
      try (Network copy = network.copyTo(other);
          Scope there = new Scope(other)) {
        assertThat(copy.layers().stream().map(Layer::name))
            .containsExactlyElementsOf(network.layers().stream().map(Layer::name).toList());
        assertThat(copy.parameterCount()).isEqualTo(network.parameterCount());
        assertThat(copy.output()).isEqualTo("softmax");
        y = output(copy, there.of(x.shape(), x.toDoubles()));
      }
      assertThat(other.liveBytes()).isZero();
      Agreement.check("the copy's output", y, output(network, x), isDouble() ? 0 : 1e-6);
    }
  }

  @Test
  void aCopyKeepsSharedWeightsSharedAndEveryBit() {
    double third = 1 / 3.0; // no float
    Shape image = Shape.of(1, 1, 1, 1);
    try (NetworkBuilder b = Network.on(backend).input("x", image)) {
      Parameter k = b.parameter("k", Shape.of(1, 1, 1, 1));
      backend.upload(k.value().buffer(), 0, new double[] {third}, 0, 1);
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), k);
      b.layer("conv#1", new Conv2d(Sliding.valid(1, 1, 1, 1)), k);
      try (Network network = b.build();
          Network copy = network.copyTo(backend)) {
        assertThat(copy.parameters()).hasSize(1);
        Tensor copied = copy.parameters().get(0).value();
        assertThat(copied).isNotSameAs(k.value());
        assertThat(copied.toDoubles()).isEqualTo(k.value().toDoubles());
      }
    }
  }

  @Test
  void aSharedWeightGetsTheSumOfItsGradients() {
    Tensor x = scope.of(Shape.of(1, 1, 1, 1), 5);
    try (NetworkBuilder b = Network.on(backend).input("x", x.shape())) {
      Parameter k = b.parameter("k", Shape.of(1, 1, 1, 1), new float[] {3});
      b.layer("conv", new Conv2d(Sliding.valid(1, 1, 1, 1)), k);
      b.layer("conv#1", new Conv2d(Sliding.valid(1, 1, 1, 1)), k); // 5 k k
      try (Network network = b.build();
          Run run = network.forward(x, Listen.toOutput().withWeightGradients())) {
        Tensor seed = run.scope().filled(x.shape(), 1);
        Gradients g = run.backward(Map.of(run.output(), seed), List.of(k.value()));
        assertThat(g.at(k.value()).toDoubles()).containsExactly(30);
      }
    }
  }

  private static double[] output(Network network, Tensor x) {
    try (Run run = network.forward(x)) {
      return run.output().toDoubles();
    }
  }

  private Network classifier() {
    Seeded r = new Seeded(21);
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 5, 5, 1))) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.same(3, 3, 1, 1)),
              Networks.weight(b, r, "conv/kernel", Shape.of(3, 3, 1, 4)),
              Networks.weight(b, r, "conv/bias", Shape.of(4)))
          .layer("relu", new Relu())
          .layer("pool", new MaxPool2d(Sliding.same(2, 2, 2, 2)))
          .layer("flatten", Reshape.flatten())
          .layer(
              "logits",
              new Dense(),
              Networks.weight(b, r, "logits/weights", Shape.of(36, 3)),
              Networks.weight(b, r, "logits/bias", Shape.of(3)))
          .layer("softmax", new Softmax())
          .build();
    }
  }

  /** A bright row, a bright column or a bright diagonal in noise. */
  private static double[] images() {
    double[] images = new Seeded(22).uniform(Shape.of(IMAGES, 5, 5, 1), -0.2, 0.2);
    for (int n = 0; n < IMAGES; n++) {
      for (int i = 0; i < 5; i++) {
        int at = n / 3;
        int pixel = n % 3 == 0 ? at * 5 + i : n % 3 == 1 ? i * 5 + at : i * 5 + (i + at) % 5;
        images[n * 25 + pixel] += 1;
      }
    }
    return images;
  }

  private static double[] oneHot() {
    double[] rows = new double[IMAGES * 3];
    for (int n = 0; n < IMAGES; n++) {
      rows[n * 3 + n % 3] = 1;
    }
    return rows;
  }
}
