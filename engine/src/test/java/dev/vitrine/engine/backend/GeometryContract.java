package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Resampling and warping, and their transposes. */
interface GeometryContract extends ContractSection {

  private static Comparison.Operation resample(Interpolation kind) {
    return (b, in, y) -> b.resample(kind, in[0], y);
  }

  private static Comparison.Operation resampleBackward(Interpolation kind) {
    return (b, in, y) -> b.resampleBackward(kind, in[0], y);
  }

  private static Comparison.Operation warp(Affine affine) {
    return (b, in, y) -> b.warp(affine, in[0], y);
  }

  private static Comparison.Operation warpBackward(Affine affine) {
    return (b, in, y) -> b.warpBackward(affine, in[0], y);
  }

  private static Values row(double... data) {
    return Values.of(Shape.of(1, 1, data.length, 1), data);
  }

  @Test
  default void resamplingIsTheReferencesAndItsWayBackTheTranspose() {
    int[][] sizes = { // n, h, w, c, new h, new w
      {1, 7, 7, 1, 14, 14},
      {2, 14, 9, 3, 7, 4},
      {1, 5, 5, 3, 5, 5},
      {1, 1, 1, 2, 6, 3},
      {3, 6, 8, 17, 1, 1},
      {1, 23, 4, 1, 3, 31},
      {1, 2, 3, 40, 5, 2},
      {1, 31, 17, 3, 30, 18}
    };
    for (Interpolation kind : Interpolation.values()) {
      for (int seed = 0; seed < sizes.length; seed++) {
        int[] s = sizes[seed];
        SplittableRandom random = new SplittableRandom(seed);
        Values x = Values.random(random, Shape.of(s[0], s[1], s[2], s[3]));
        Values gradY = Values.random(random, Shape.of(s[0], s[4], s[5], s[3]));
        Values direction = Values.random(random, x.shape());
        String what = kind + " of " + x.shape() + " to " + gradY.shape();
        long terms = Math.max(x.shape().size(), gradY.shape().size()) / s[0] / s[3];
        Comparison.Operation forward = resample(kind);
        Comparison.Operation backward = resampleBackward(kind);
        if (kind == Interpolation.NEAREST) {
          comparison().agrees(what, seed, 0, forward, gradY.shape(), x);
        }
        comparison().agreesInSum(what, seed, terms, forward, gradY.shape(), x);
        comparison().agreesInSum(what + ", back", seed, terms, backward, x.shape(), gradY);
        var map = new Comparison.LinearMap(forward, backward, forward, terms);
        comparison().adjoint(what, seed, map, x, gradY);
        comparison().differentiates(what, seed, forward, map, x, direction, gradY);
      }
    }
  }

  @Test
  default void resamplingToTheSameSizeChangesNothingAndAFlatImageStaysFlat() {
    Values x = Values.random(new SplittableRandom(1), Shape.of(2, 5, 7, 3));
    for (Interpolation kind : Interpolation.values()) {
      comparison().gives(kind + " to the same size", x, resample(kind), x);
      Values flat = x.map(v -> 0.75);
      Values larger = Values.of(Shape.of(2, 3, 11, 3), new double[198]).map(v -> 0.75);
      comparison().gives(kind + " of a flat image", larger, resample(kind), flat);
    }
  }

  @Test
  default void resamplingHasItsKnownWeights() {
    Values step = row(0, 1);
    comparison().gives("nearest", row(0, 0, 1, 1), resample(Interpolation.NEAREST), step);
    comparison().gives("bilinear", row(0, 0.25, 0.75, 1), resample(Interpolation.BILINEAR), step);
    Values ramp = row(0, 1, 2, 3, 4);
    comparison().gives("nearest down", row(1, 3), resample(Interpolation.NEAREST), ramp);
    comparison().gives("bilinear down", row(0.75, 3.25), resample(Interpolation.BILINEAR), ramp);
    Values impulse = row(7, 0, 0, 0);
    Comparison.Operation antialiased = resample(Interpolation.BILINEAR_ANTIALIASED);
    comparison().gives("antialiased", row(3, 0), antialiased, impulse);
    Values tall = Values.of(Shape.of(1, 4, 1, 2), 7, 0, 0, 0, 0, 0, 0, 7);
    Values small = Values.of(Shape.of(1, 2, 1, 2), 3, 0, 0, 3);
    comparison().gives("antialiased, rows and channels", small, antialiased, tall);
  }

  @Test
  default void warpingIsTheReferencesAndItsWayBackTheTranspose() {
    for (int seed = 0; seed < 30; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      double[] m = random.doubles(6, -1.2, 1.2).toArray();
      Affine affine = new Affine(m[0], m[1], 4 * m[2], m[3], m[4], 4 * m[5]);
      int n = random.nextInt(1, 3);
      int channels = random.nextInt(1, 18);
      Values x = Values.random(random, Shape.of(n, random.nextInt(1, 12), 6, channels));
      Values gradY = Values.random(random, Shape.of(n, 7, random.nextInt(1, 12), channels));
      Values direction = Values.random(random, x.shape());
      String what = affine + " of " + x.shape() + " to " + gradY.shape();
      // A coordinate computed in the backend's precision is off by some roundings of about 20.
      long terms = 10000;
      Comparison.Operation forward = warp(affine);
      Comparison.Operation backward = warpBackward(affine);
      comparison().agreesInSum(what, seed, terms, forward, gradY.shape(), x.map(v -> v + 2));
      comparison()
          .agreesInSum(what + ", back", seed, terms, backward, x.shape(), gradY.map(v -> v + 2));
      var map = new Comparison.LinearMap(forward, backward, forward, terms);
      comparison().adjoint(what, seed, map, x, gradY);
      comparison().differentiates(what, seed, forward, map, x, direction, gradY);
    }
  }

  @Test
  default void aWarpLooksWhereItsMatrixSays() {
    Values x = Values.of(Shape.of(1, 2, 3, 1), 1, 2, 3, 10, 20, 30);
    comparison().gives("identity", x, warp(new Affine(1, 0, 0, 0, 1, 0)), x);
    Values shifted = Values.of(x.shape(), 20, 30, 0, 0, 0, 0);
    comparison().gives("one down, one right", shifted, warp(new Affine(1, 0, 1, 0, 1, 1)), x);
    Values turned = Values.of(Shape.of(1, 3, 2, 1), 1, 10, 2, 20, 3, 30);
    comparison().gives("transposed", turned, warp(new Affine(0, 1, 0, 1, 0, 0)), x);
    Values between = Values.of(Shape.of(1, 1, 2, 1), 0.25 * (1 + 2 + 10 + 20), 0.25 * 55);
    comparison().gives("between pixels", between, warp(new Affine(1, 0, 0.5, 0, 1, 0.5)), x);
  }

  @Test
  default void outsideTheImageAWarpFadesToZeroOverOnePixel() {
    Values x = row(8, 8, 8);
    Values y = row(0, 0, 2, 8, 8, 8, 6, 0);
    Affine left = new Affine(1, 0, 0, 0, 1, -2.75);
    Values moved = row(0, 0, 2, 8, 8, 6, 0);
    comparison().gives("moved", moved, warp(left), x);
    Affine far = new Affine(1, 0, 1e9, 0, 1, -1e9);
    Values none = y.map(v -> 0);
    comparison().gives("far away", none, warp(far), x);
    double[] gradient = comparison().run(warpBackward(far), x.shape(), y).data();
    assertThat(Arrays.stream(gradient).max()).as("nothing comes back from far").hasValue(0);
  }
}
