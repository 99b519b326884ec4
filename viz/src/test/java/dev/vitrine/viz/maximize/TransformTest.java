package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the transforms do where it can be worked out; presets.py holds those of lucid together. */
final class TransformTest {
  private final Backend backend = Backends.open("reference", false, line -> {});

  @AfterEach
  void close() {
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes").isZero();
  }

  private double[] applied(Transform transform, Shape shape, double[] image) {
    try (Scope scope = new Scope(backend);
        Constants constants = new Constants(backend)) {
      Tensor x = scope.of(shape, image);
      Tensor y = transform.apply(new Tape(scope), constants, x, new Random(0));
      assertThat(y.shape().dim(1)).isEqualTo(transform.longest(shape.dim(1)));
      return y.toDoubles();
    }
  }

  @Test
  void blurOfAPointIsTheBellAndBlurOfNothingButOneColourIsThatColour() {
    Shape shape = Shape.of(1, 9, 9, 3);
    double[] point = new double[9 * 9 * 3];
    point[(4 * 9 + 4) * 3 + 1] = 1; // green
    double[] blurred = applied(new Transform.Blur(1), shape, point);
    double sum = 1 + 2 * (Math.exp(-0.5) + Math.exp(-2) + Math.exp(-4.5));
    assertThat(blurred).hasSize(3 * 3 * 3);
    for (int i = 0; i < blurred.length; i++) {
      int y = i / 9 - 1;
      int x = i / 3 % 3 - 1;
      double bell = Math.exp(-(y * y + x * x) / 2.0) / (sum * sum);
      assertThat(blurred[i]).as("element %d", i).isCloseTo(i % 3 == 1 ? bell : 0, within(1e-12));
    }
    double[] plain = new double[point.length];
    Arrays.fill(plain, 0.7);
    assertThat(applied(new Transform.Blur(1), shape, plain))
        .containsExactly(Arrays.copyOf(plain, 27), within(1e-12));
  }

  @Test
  void theFrameIsGrey() {
    double[] framed =
        applied(new Transform.Padding(1), Shape.of(1, 1, 1, 3), new double[] {0.1, 0.2, 0.3});
    double[] expected = new double[27];
    Arrays.fill(expected, 0.5);
    System.arraycopy(new double[] {0.1, 0.2, 0.3}, 0, expected, 12, 3);
    assertThat(framed).containsExactly(expected);
  }

  @Test
  void aQuarterTurnIsCounterclockwiseAndKeepsThePixels() {
    double[] image = new double[27];
    for (int i = 0; i < 27; i++) {
      image[i] = i;
    }
    double[] turned = applied(new Transform.Rotation(List.of(90.0)), Shape.of(1, 3, 3, 3), image);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 3; x++) {
        assertThat(turned[(y * 3 + x) * 3])
            .as("row %d, column %d", y, x)
            .isCloseTo(image[(x * 3 + 2 - y) * 3], within(1e-9));
      }
    }
  }
}
