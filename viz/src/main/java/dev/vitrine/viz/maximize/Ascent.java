package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.network.Hook;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.weights.image.Preprocessing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * The loop: images from a {@link Parameterization} through {@link Transform}s and a network to a
 * {@link Goal}, and an {@link Optimizer} that moves them uphill.
 */
final class Ascent implements AutoCloseable {
  private final Network network;
  private final Preprocessing preprocessing;
  private final Goal goal;
  private final List<Transform> transforms;
  private final Random random;
  private final Listen listen;
  private final Constants constants;

  Ascent(
      Network network,
      Preprocessing preprocessing,
      Goal goal,
      List<Transform> transforms,
      Random random) {
    this.network = network;
    this.preprocessing = preprocessing;
    this.goal = goal;
    this.transforms = transforms;
    this.random = random;
    this.listen = Listen.only(goal.layers().toArray(String[]::new));
    this.constants = new Constants(network.backend());
  }

  /**
   * Makes steps.
   *
   * @param redirected in how many of the first ones a {@link RedirectedRelu} lets gradients through
   * @param first is told the gradient of the first one
   * @param after is told, after each, which one it was, from 1
   */
  void climb(
      Parameterization images,
      Optimizer.Mover mover,
      int steps,
      int redirected,
      Consumer<Tensor> first,
      IntConsumer after) {
    int done = 0;
    boolean rectified = network.layers().stream().anyMatch(l -> l.op() instanceof Relu);
    if (redirected > 0 && rectified) {
      try (Hook hook = network.onBackward(Relu.class, RedirectedRelu::gradient)) {
        while (done < Math.min(redirected, steps)) {
          step(images, mover, done == 0 ? first : g -> {});
          after.accept(++done);
        }
      }
    }
    if (done == 0 && steps > 0) {
      step(images, mover, first);
      after.accept(++done);
    }
    if (transforms.stream().allMatch(Transform::isConstant)) {
      // Every step asks for the same: a GPU is told once.
      try (Repeated again = network.repeat(() -> step(images, mover, g -> {}))) {
        while (done < steps) {
          again.run();
          after.accept(++done);
        }
      }
    }
    while (done < steps) {
      step(images, mover, g -> {});
      after.accept(++done);
    }
  }

  private void step(Parameterization images, Optimizer.Mover mover, Consumer<Tensor> heard) {
    try (Scope scope = new Scope(network.backend())) {
      Tape tape = new Tape(scope);
      tape.watch(images.variable());
      Tensor gradient = gradient(tape, images);
      heard.accept(gradient);
      mover.step(images.variable(), gradient);
    }
  }

  /** That of the negative sum of the images' goals: optimizers go downhill. */
  Tensor gradient(Tape tape, Parameterization images) {
    Tensor image = images.images(tape, constants);
    Tensor x = seen(tape, images.space(), image, transforms);
    try (Run run = network.forward(tape, x, listen.withGradients())) {
      Tensor value = goal.value(new Scene(tape, image, images.space(), run, constants));
      Shape n = value.shape();
      Tensor down = constants.of("down", n, () -> filled(n, -1));
      return run.backward(Map.of(value, down), List.of(images.variable())).at(images.variable());
    }
  }

  private static double[] filled(Shape shape, double value) {
    double[] all = new double[Math.toIntExact(shape.size())];
    Arrays.fill(all, value);
    return all;
  }

  /** The goal for each image as it stands, not transformed but to a size that must be. */
  double[] values(Parameterization images) {
    return values(images, transforms.stream().filter(t -> t instanceof Transform.Fit).toList());
  }

  double[] values(Parameterization images, List<Transform> through) {
    try (Scope scope = new Scope(network.backend())) {
      Tape tape = new Tape(scope);
      Tensor image = images.images(tape, constants);
      Tensor x = seen(tape, images.space(), image, through);
      try (Run run = network.forward(tape, x, listen)) {
        return goal.value(new Scene(tape, image, images.space(), run, constants)).toDoubles();
      }
    }
  }

  /** What the network sees of images. */
  private Tensor seen(Tape tape, PixelSpace space, Tensor image, List<Transform> through) {
    Tensor x = image;
    for (Transform transform : through) {
      x = transform.apply(tape, constants, x, random);
    }
    return space.toNetwork(tape, constants, preprocessing, x);
  }

  /** The images as they stand, {@code [n, h, w, 3]}, in the units of their space. */
  float[] images(Parameterization images) {
    try (Scope scope = new Scope(network.backend())) {
      return images.images(new Tape(scope), constants).toFloats();
    }
  }

  @Override
  public void close() {
    constants.close();
  }
}
