package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Adam's step. */
interface LearningContract extends ContractSection {

  @Test
  default void adamFollowsItsFormulaOverSeveralSteps() {
    for (double weightDecay : new double[] {0, 0.125}) {
      Shape shape = Shape.of(3, 67);
      SplittableRandom random = new SplittableRandom(5);
      Values x = Values.random(random, shape);
      double[] expectedX = x.data().clone();
      double[] expectedM = new double[expectedX.length];
      double[] expectedV = new double[expectedX.length];
      Backend b = comparison().backend;
      Buffer xs = Comparison.upload(b, x);
      Buffer ms = Comparison.upload(b, x.map(v -> 0));
      Buffer vs = Comparison.upload(b, x.map(v -> 0));
      try {
        for (int t = 1; t <= 7; t++) {
          AdamStep step = new AdamStep(0.0625, 0.875, 0.96875, 1e-3, weightDecay, t);
          Values grad = Values.random(random, shape);
          for (int i = 0; i < expectedX.length; i++) {
            double g = grad.data()[i] + weightDecay * expectedX[i];
            expectedM[i] = 0.875 * expectedM[i] + 0.125 * g;
            expectedV[i] = 0.96875 * expectedV[i] + 0.03125 * g * g;
            double mHat = expectedM[i] / (1 - Math.pow(0.875, t));
            double vHat = expectedV[i] / (1 - Math.pow(0.96875, t));
            expectedX[i] -= 0.0625 * mHat / (Math.sqrt(vHat) + 1e-3);
          }
          Buffer gs = Comparison.upload(b, grad);
          try {
            b.adam(step, gs, ms, vs, xs);
            Comparison.same("gradient after step " + t, 5, 0, grad, Comparison.download(b, gs));
          } finally {
            b.release(gs);
          }
          double tolerance = 64 * comparison().unit;
          after("m", t, tolerance, new Values(shape, expectedM), ms);
          after("v", t, tolerance, new Values(shape, expectedV), vs);
          // Where |g| is near epsilon the quotient amplifies m's rounding by up to 1 / epsilon.
          after("x", t, 8 * tolerance, new Values(shape, expectedX), xs);
        }
      } finally {
        b.release(xs);
        b.release(ms);
        b.release(vs);
      }
    }
  }

  private void after(String name, int t, double tolerance, Values expected, Buffer found) {
    Comparison.same(
        "adam: " + name + " after step " + t,
        5,
        tolerance * Math.max(1, expected.largest()),
        expected,
        Comparison.download(comparison().backend, found));
  }

  @Test
  default void adamsFirstStepIsTheLearningRateAgainstTheGradientsSign() {
    Comparison.Operation step =
        (b, in, y) -> {
          b.pad(in[0], new int[] {0}, 0, y);
          Buffer m = Comparison.upload(b, Values.of(Shape.of(3), 0, 0, 0));
          Buffer v = Comparison.upload(b, Values.of(Shape.of(3), 0, 0, 0));
          b.adam(new AdamStep(0.5, 0.9, 0.999, 0, 0, 1), in[1], m, v, y);
          b.release(m);
          b.release(v);
        };
    Values x = Values.of(Shape.of(3), 1, 1, 1);
    Values grad = Values.of(Shape.of(3), 4, -0.25, 1e-3);
    double[] moved = comparison().run(step, Shape.of(3), x, grad).data();
    for (int i = 0; i < 3; i++) {
      double expected = 1 - 0.5 * Math.signum(grad.data()[i]);
      assertThat(moved[i]).isCloseTo(expected, within(64 * comparison().unit * 10));
    }
  }

  private static org.assertj.core.data.Offset<Double> within(double error) {
    return org.assertj.core.data.Offset.offset(error);
  }
}
