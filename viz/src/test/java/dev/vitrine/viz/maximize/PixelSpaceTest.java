package dev.vitrine.viz.maximize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Preprocessing;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PixelSpaceTest {
  private static final Shape SHAPE = Shape.of(2, 3, 4, 3);

  @ParameterizedTest
  @ValueSource(
      strings = {"caffe", "tf", "torch", "unit", "none", "mean=1,2,3;scale=3;std=4,5,6;order=bgr"})
  void theNetworkGetsItsOwnPreprocessingOfThePixels(String own) {
    byte[] rgb = new byte[4 * 5 * 3];
    new Random(1).nextBytes(rgb);
    Picture picture = Picture.of(picture(4, 5, rgb));
    float[] z = picture.toFloats();
    for (int i = 0; i < z.length; i++) {
      z[i] = PixelSpace.STANDARD.of(z[i] / 255.0, i % 3);
    }
    Preprocessing preprocessing = Preprocessing.parse(own);
    try (Backend backend = Backends.open("cpu", false, line -> {});
        Scope scope = new Scope(backend);
        Constants constants = new Constants(backend)) {
      Tensor x =
          PixelSpace.STANDARD.toNetwork(
              new Tape(scope), constants, preprocessing, scope.of(Shape.of(1, 4, 5, 3), z));
      float[] expected = preprocessing.apply(picture);
      float[] found = x.toFloats();
      double unit = 255 * preprocessing.scale() / preprocessing.std().red();
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i])
            .as("element %d", i)
            .isCloseTo(expected[i], within((float) unit * 1e-6f));
      }
    }
  }

  private static BufferedImage picture(int h, int w, byte[] rgb) {
    BufferedImage image = new BufferedImage(w, h, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < h * w; i++) {
      int color =
          (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | (rgb[3 * i + 2] & 0xff);
      image.setRGB(i % w, i / w, color);
    }
    return image;
  }

  /** On the double-precision backend; the map is affine, so that a large step is as good. */
  @ParameterizedTest
  @ValueSource(strings = {"caffe", "tf", "mean=1,2,3;scale=3;std=4,5,6;order=bgr"})
  void itsGradientIsTheSlope(String own) {
    try (Backend backend = Backends.open("reference", false, line -> {});
        Scope scope = new Scope(backend);
        Constants constants = new Constants(backend)) {
      Random random = new Random(2);
      int size = (int) SHAPE.size();
      double[] z = random.doubles(size, -2, 2).toArray();
      double[] seed = random.doubles(size, -1, 1).toArray();
      Tape tape = new Tape(scope);
      Tensor image = tape.watch(scope.of(SHAPE, z));
      Tensor x = PixelSpace.STANDARD.toNetwork(tape, constants, Preprocessing.parse(own), image);
      double[] gradient =
          tape.backward(Map.of(x, scope.of(SHAPE, seed)), List.of(image)).at(image).toDoubles();
      for (int i = 0; i < size; i++) {
        double slope =
            (value(own, constants, scope, z, seed, i, 1)
                    - value(own, constants, scope, z, seed, i, -1))
                / 2;
        assertThat(gradient[i])
            .as("element %d", i)
            .isCloseTo(slope, within(1e-9 * Math.abs(slope)));
      }
    }
  }

  private static double value(
      String own, Constants constants, Scope scope, double[] z, double[] seed, int i, double step) {
    double[] moved = z.clone();
    moved[i] += step;
    double[] x =
        PixelSpace.STANDARD
            .toNetwork(new Tape(scope), constants, Preprocessing.parse(own), scope.of(SHAPE, moved))
            .toDoubles();
    double sum = 0;
    for (int k = 0; k < x.length; k++) {
      sum += (x[k] - (k % 3 == 0 ? 1 : 0)) * seed[k];
    }
    return sum;
  }

  @Test
  void coloursAreClippedToWhatCanBeSeen() {
    float[] z = {-9, 0, 9, 1, -1, 0};

    float[] colors = PixelSpace.STANDARD.toColors(z);

    assertThat(colors[0]).isZero();
    assertThat(colors[1]).isCloseTo(0.456f, within(1e-6f));
    assertThat(colors[2]).isEqualTo(1);
    assertThat(colors[3]).isCloseTo(0.485f + 0.229f, within(1e-6f));
    assertThat(colors[4]).isCloseTo(0.456f - 0.224f, within(1e-6f));
  }
}
