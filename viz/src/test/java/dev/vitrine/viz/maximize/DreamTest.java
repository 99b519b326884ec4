package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Sliding;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.image.Preprocessing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** On one convolution, most of them of one pixel, which have no border. */
final class DreamTest {
  private static final int H = 70;
  private static final int W = 90;
  private static final Goal CHANNEL = Direction.channel("conv", 0);
  private static final Goal LAYER = new LayerEnergy("conv");

  private final Backend backend = Backends.open("reference", false, line -> {});

  @AfterEach
  void close() {
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after everything is closed").isZero();
  }

  private Network network(int side, float... kernel) {
    int channels = kernel.length / side / side / 3;
    try (NetworkBuilder b = Network.on(backend).input("image", Shape.of(1, 0, 0, 3))) {
      return b.layer(
              "conv",
              new Conv2d(Sliding.valid(side, side, 1, 1)),
              b.parameter("kernel", Shape.of(side, side, 3, channels), kernel))
          .build();
    }
  }

  private static float[] photograph() {
    float[] colors = new float[H * W * 3];
    Random random = new Random(1);
    for (int i = 0; i < colors.length; i++) {
      colors[i] = 0.2f + 0.6f * random.nextFloat();
    }
    return colors;
  }

  private static Dream.Dreamt dream(Dream dream, Network network, Goal goal) {
    return dream.of(
        network, Preprocessing.UNIT, goal, photograph(), H, W, 3, Film.NONE, work -> {});
  }

  /** The gradient of a mean of w . color is w at every pixel, whatever is rolled or tiled. */
  @Test
  void everyStepGoesByTheRateInTheMean() {
    Dream dream = new Dream(1, 1.4, 3, 6, 64);
    try (Network network = network(1, 3, -1, 2)) {
      Dream.Dreamt made = dream(dream, network, CHANNEL);
      double[] w = {3 / 2.0, -1 / 2.0, 2 / 2.0}; // over the mean of their sizes
      float[] before = photograph();
      for (int i = 0; i < before.length; i++) {
        assertThat(made.colors()[i])
            .isCloseTo((float) (before[i] + 3 * 6 / 255.0 * w[i % 3]), within(1e-5f));
      }
      double gain = 3 * 6 / 255.0 * (3 * w[0] - w[1] + 2 * w[2]);
      assertThat(made.after() - made.before()).isCloseTo(gain, within(1e-5));
    }
  }

  /** A smooth gain survives being enlarged, so that octaves add up. */
  @Test
  void whatAnOctaveGainedIsCarriedOver() {
    try (Network network = network(1, 3, -1, 2)) {
      float[] three = dream(new Dream(3, 1.4, 2, 2, 512), network, CHANNEL).colors();
      float[] one = dream(new Dream(1, 1.4, 6, 2, 512), network, CHANNEL).colors();
      assertThat(three).hasSameSizeAs(one);
      for (int i = 0; i < one.length; i++) {
        assertThat(three[i]).isCloseTo(one[i], within(1e-4f));
      }
    }
  }

  @Test
  void tilesChangeNothingWhereThereAreNoBorders() {
    float[] kernel = {1, 0.5f, -1, 0.3f, 0.2f, -0.7f};
    try (Network network = network(1, kernel)) {
      float[] whole = dream(new Dream(2, 1.4, 2, 3, 512), network, LAYER).colors();
      float[] tiled = dream(new Dream(2, 1.4, 2, 3, 31), network, LAYER).colors();
      for (int i = 0; i < whole.length; i++) {
        // Means over tiles of sizes that differ by a pixel.
        assertThat(tiled[i]).isCloseTo(whole[i], within(2e-3f));
      }
      assertThat(tiled).isNotEqualTo(photograph());
    }
  }

  @Test
  void seamsLieElsewhereInEveryStepSoThatNoneIsSeen() {
    float[] kernel = new float[5 * 5 * 3];
    Arrays.fill(kernel, 1);
    try (Network network = network(5, kernel)) {
      // A convolution without padding gives the outermost pixels of a tile less.
      float[] colors = dream(new Dream(1, 1.4, 40, 0.3, 64), network, CHANNEL).colors();
      float[] before = photograph();
      double[] gained = new double[W];
      for (int i = 0; i < colors.length; i++) {
        gained[i / 3 % W] += (colors[i] - before[i]) / H / 3;
      }
      double most = Arrays.stream(gained).max().orElseThrow();
      double least = Arrays.stream(gained).min().orElseThrow();
      assertThat(least / most).isGreaterThan(0.7); // 1/5 where seams never move
    }
  }

  @Test
  void colorsStayBetweenBlackAndWhite() {
    try (Network network = network(1, 3, -1, 2)) {
      float[] colors = dream(new Dream(2, 1.4, 5, 60, 512), network, CHANNEL).colors();
      assertThat(colors.length).isEqualTo(H * W * 3);
      for (int i = 0; i < colors.length; i++) {
        assertThat(colors[i]).isEqualTo(i % 3 == 1 ? 0 : 1);
      }
    }
  }

  @Test
  void withoutAGradientThePhotographStaysAsItIs() {
    try (Network network = network(1, 0, 0, 0)) {
      assertThat(dream(new Dream(4, 1.4, 2, 2, 512), network, CHANNEL).colors())
          .isEqualTo(photograph());
    }
  }

  @Test
  void progressAddsUpAndTheFilmSeesEveryStep() {
    Dream dream = new Dream(2, 1.4, 2, 1, 512);
    long[] done = {0};
    List<String> frames = new ArrayList<>();
    Film film =
        new Film() {
          @Override
          public boolean wants(int step) {
            return true;
          }

          @Override
          public void frame(int image, int height, int width, float[] colors) {
            frames.add(height + "x" + width);
            assertThat(colors).hasSize(height * width * 3);
          }
        };
    try (Network network = network(1, 1, 1, 1)) {
      dream.of(
          network,
          Preprocessing.UNIT,
          CHANNEL,
          photograph(),
          H,
          W,
          0,
          film,
          work -> done[0] += work);
    }
    assertThat(done[0]).isEqualTo(dream.work(H, W)).isEqualTo(2L * (50 * 64 + 70 * 90));
    assertThat(frames).containsExactly("50x64", "50x64", "70x90", "70x90", "70x90");
  }

  @Test
  void octavesThatAreTooSmallForTheLayerAreRefused() {
    try (Network network = network(5, new float[75])) {
      assertThatThrownBy(() -> dream(new Dream(12, 1.4, 1, 1, 512), network, CHANNEL))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("the smallest of 12 octaves is 2 x 2 pixels, too small for conv")
          .hasMessageContaining("fewer octaves");
    }
  }
}
