package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Run;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.weights.image.Preprocessing;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** In double precision, on one convolution of small images. */
final class GoalTest {
  private static final int H = 7;
  private static final int W = 6;
  private final Backend backend = Backends.open("reference", false, line -> {});
  private final Network network = network();

  @AfterEach
  void close() {
    network.close();
    backend.close();
  }

  private Network network() {
    float[] kernel = new float[3 * 3 * 3 * 4];
    Random random = new Random(5);
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = (float) random.nextGaussian();
    }
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 0, 0, 3))) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.valid(3, 3, 1, 1)),
              b.parameter("kernel", Shape.of(3, 3, 3, 4), kernel))
          .build();
    }
  }

  @TestFactory
  List<DynamicTest> everyGradientIsTheSlope() {
    Goal channel = Direction.channel("conv", 1);
    Map<String, Goal> goals =
        Map.ofEntries(
            Map.entry("channel", channel),
            Map.entry("centre", Direction.channel("conv", 2, new Direction.Place.Centre())),
            Map.entry("neuron", Direction.channel("conv", 2, new Direction.Place.At(4, 0))),
            Map.entry("direction", Direction.of("conv", new float[] {1, -2, 0, 0.5f})),
            Map.entry(
                "each its own",
                Direction.each(
                    List.of(new Feature("conv", 3, false), new Feature("conv", 0, true)))),
            Map.entry("layer", new LayerEnergy("conv")),
            Map.entry("tv", channel.plus(new TotalVariation().times(-3))),
            Map.entry("l2", channel.minus(new Contrast().times(2))),
            Map.entry("product", channel.times(new LayerEnergy("conv"))),
            Map.entry("diversity", new Diversity("conv")),
            Map.entry("diverse", channel.plus(new Diversity("conv").times(0.1))));
    return goals.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getValue(), List.of(), false)))
        .toList();
  }

  @Test
  void aDirectionIsTheMeanOfWhatItsChannelsWeigh() {
    float[] image = new float[H * W * 3];
    Random random = new Random(6);
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    double[] map;
    try (Scope scope = new Scope(backend);
        Run run = network.forward(scope.of(Shape.of(1, H, W, 3), image), Listen.only("conv"))) {
      map = run.output("conv").toDoubles();
    }
    for (float[] weights : List.of(new float[] {0, 2, 0, 0}, new float[] {0, -2, 0, 0.5f})) {
      double sum = 0;
      for (int i = 0; i < map.length; i++) {
        sum += weights[i % 4] * map[i];
      }
      double value = value(Direction.of("conv", weights), List.of(), 1, image, false);
      assertThat(value).isCloseTo(4 * sum / map.length, within(1e-9));
    }
  }

  @Test
  void gradientsFlowThroughTheSpectrum() {
    check(new LayerEnergy("conv"), List.of(), true);
  }

  @TestFactory
  List<DynamicTest> gradientsFlowThroughEveryTransform() {
    Transform frame = new Transform.Padding(3);
    Map<String, List<Transform>> all =
        Map.of(
            "padding", List.of(frame),
            "jitter", List.of(new Transform.Jitter(2)),
            "larger", List.of(new Transform.Scaling(List.of(1.3))),
            "smaller", List.of(frame, new Transform.Scaling(List.of(0.7))),
            "rotation", List.of(new Transform.Rotation(List.of(7.0))),
            "blur", List.of(frame, new Transform.Blur(0.5)),
            "fit", List.of(new Transform.Fit(5, 9)),
            "lucid's", Transform.lucid(),
            "all",
                List.of(
                    frame,
                    new Transform.Jitter(2),
                    new Transform.Scaling(List.of(0.9)),
                    new Transform.Rotation(List.of(7.0)),
                    new Transform.Blur(0.5)));
    return all.entrySet().stream()
        .map(
            e ->
                DynamicTest.dynamicTest(
                    e.getKey(), () -> check(new LayerEnergy("conv"), e.getValue(), false)))
        .toList();
  }

  private void check(Goal goal, List<Transform> transforms, boolean fourier) {
    int n = 2;
    int size = n * (fourier ? FourierImages.size(H, W) : H * W * 3);
    float[] start = new float[size];
    Random random = new Random(1);
    for (int i = 0; i < size; i++) {
      start[i] = fourier ? (float) (0.1 * random.nextGaussian()) : random.nextFloat();
    }
    double[] gradient;
    try (Ascent ascent = ascent(goal, transforms);
        Parameterization images = images(n, start, fourier);
        Scope scope = new Scope(backend)) {
      Tape tape = new Tape(scope);
      tape.watch(images.variable());
      gradient = ascent.gradient(tape, images).toDoubles();
    }
    double largest = 0;
    for (double g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertThat(largest).isGreaterThan(1e-4);
    for (int i = 0; i < size; i += 5) {
      // Exact in float32, in which images are handed over.
      float step = 1f / 4096;
      float[] up = start.clone();
      float[] down = start.clone();
      up[i] += step;
      down[i] -= step;
      double slope =
          (value(goal, transforms, n, up, fourier) - value(goal, transforms, n, down, fourier))
              / ((double) up[i] - down[i]);
      assertThat(gradient[i]).as("%s at %d", goal, i).isCloseTo(-slope, within(1e-4 * largest));
    }
  }

  /** The sum over the images, the transforms drawn as they were for the gradient. */
  private double value(Goal goal, List<Transform> all, int n, float[] z, boolean fourier) {
    try (Ascent ascent = ascent(goal, all);
        Parameterization images = images(n, z, fourier)) {
      double sum = 0;
      for (double value : ascent.values(images, all)) {
        sum += value;
      }
      return sum;
    }
  }

  private Ascent ascent(Goal goal, List<Transform> transforms) {
    return new Ascent(network, Preprocessing.UNIT, goal, transforms, new Random(3));
  }

  private Parameterization images(int n, float[] z, boolean fourier) {
    return fourier
        ? new FourierImages(backend, n, H, W, z)
        : new PixelImages(backend, PixelSpace.COLORS, Shape.of(n, H, W, 3), z);
  }

  @Test
  void aPictureComesBackFromItsSpectrum() {
    for (int w : new int[] {6, 7}) {
      float[] colors = new float[H * w * 3];
      Random random = new Random(2);
      for (int i = 0; i < colors.length; i++) {
        colors[i] = 0.05f + 0.9f * random.nextFloat();
      }
      try (FourierImages images =
              new FourierImages(backend, 1, H, w, FourierImages.of(colors, H, w));
          Scope scope = new Scope(backend);
          Constants constants = new Constants(backend)) {
        float[] back = images.images(new Tape(scope), constants).toFloats();
        for (int i = 0; i < back.length; i++) {
          assertThat(back[i]).as("width %d, %d", w, i).isCloseTo(colors[i], within(1e-5f));
        }
      }
    }
  }

  @Test
  void likeImagesAreNotDiverse() {
    float[] one = new float[H * W * 3];
    Random random = new Random(4);
    for (int i = 0; i < one.length; i++) {
      one[i] = random.nextFloat();
    }
    float[] two = new float[2 * one.length];
    System.arraycopy(one, 0, two, 0, one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertThat(value(new Diversity("conv"), List.of(), 2, two, false)).isCloseTo(-2, within(1e-9));
  }

  @Test
  void aNormalizedStepHasARootMeanSquareOfItsRate() {
    try (Scope scope = new Scope(backend)) {
      var x = scope.filled(Shape.of(2, 2), 0);
      var g = scope.of(Shape.of(2, 2), 3, 4, -30, 40);
      new Optimizer(Optimizer.Kind.NORMALIZED, 2, 0).on(backend).step(x, g);
      double rms = Math.sqrt(12.5);
      assertThat(x.toDoubles())
          .containsExactly(new double[] {-6 / rms, -8 / rms, 6 / rms, -8 / rms}, within(1e-4));
      new Optimizer(Optimizer.Kind.SGD, 0.5, 0).on(backend).step(x, g);
      assertThat(x.toDoubles()[0]).isCloseTo(-6 / rms - 1.5, within(1e-4));
    }
  }
}
