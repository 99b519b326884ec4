package dev.vitrine.engine.op;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.OnEveryBackend;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the field has agreed on where the mathematics leaves a choice. */
class ConventionsTest extends OnEveryBackend {

  @Test
  void theReluHasSlopeZeroAtZero() {
    double[] x = {-1, 0, -0.0, 2};
    assertThat(slopes(new Relu(), x)).containsExactly(0, 0, 0, 1);
    assertThat(slopes(new Relu(ReluRule.GUIDED), x)).containsExactly(0, 0, 0, 1);
    assertThat(slopes(new Relu(ReluRule.DECONVNET), x)).containsExactly(1, 1, 1, 1);
  }

  @Test
  void guidedAndDeconvnetStopNegativeGradients() {
    Tensor x = scope.of(Shape.of(1, 4), -1, 2, -1, 2);
    double[] g = {-3, -3, 3, 3};
    assertThat(gradient(new Relu(ReluRule.GRADIENT), g, 0, x)).containsExactly(0, -3, 0, 3);
    assertThat(gradient(new Relu(ReluRule.GUIDED), g, 0, x)).containsExactly(0, 0, 0, 3);
    assertThat(gradient(new Relu(ReluRule.DECONVNET), g, 0, x)).containsExactly(0, 0, 3, 3);
  }

  @Test
  void aFusedReluHasSlopeZeroAtZeroToo() {
    Tensor x = scope.of(Shape.of(1, 2), 1, 1);
    Tensor w = scope.of(Shape.of(2, 2), 1, 1, -1, 1);
    Op dense = new Dense(ReluRule.GRADIENT);
    assertThat(gradient(dense, new double[] {5, 7}, 0, x, w)).containsExactly(7, 7);
    Tensor image = scope.of(Shape.of(1, 1, 1, 2), 1, 1);
    Tensor kernel = scope.of(Shape.of(1, 1, 2, 2), 1, 1, -1, 1);
    Op conv = new Conv2d(Sliding.valid(1, 1, 1, 1), 1, ReluRule.GRADIENT);
    assertThat(gradient(conv, new double[] {5, 7}, 0, image, kernel)).containsExactly(7, 7);
  }

  @Test
  void kinksBelongToTheFlatSideOrToWhatLiesBelow() {
    assertThat(slopes(new Elementwise(Unary.LEAKY_RELU, 0.25, 0), -1, 0, 1))
        .containsExactly(0.25, 0.25, 1);
    assertThat(slopes(new Elementwise(Unary.ELU, 0.5, 0), 0, 1)).containsExactly(0.5, 1);
    assertThat(slopes(new Elementwise(Unary.CLIP, 0, 6), -1, 0, 3, 6, 7))
        .containsExactly(0, 0, 1, 0, 0);
    assertThat(slopes(new Elementwise(Unary.ABS), -2, 0, 2)).containsExactly(-1, 0, 1);
    assertThat(slopes(new Elementwise(Unary.STEP), -2, 0, 2)).containsExactly(0, 0, 0);
    assertThat(slopes(new Elementwise(Unary.SIGN), -2, 0, 2)).containsExactly(0, 0, 0);
  }

  @Test
  void whereTwoAreEqualTheFirstIsTheMaximumAndTheMinimum() {
    Tensor a = scope.of(Shape.of(3), 1, 2, 3);
    Tensor b = scope.of(Shape.of(3), 3, 2, 1);
    double[] g = {1, 1, 1};
    assertThat(gradient(new Arithmetic(Binary.MAXIMUM), g, 0, a, b)).containsExactly(0, 1, 1);
    assertThat(gradient(new Arithmetic(Binary.MAXIMUM), g, 1, a, b)).containsExactly(1, 0, 0);
    assertThat(gradient(new Arithmetic(Binary.MINIMUM), g, 0, a, b)).containsExactly(1, 1, 0);
    assertThat(gradient(new Arithmetic(Binary.MINIMUM), g, 1, a, b)).containsExactly(0, 0, 1);
  }

  @Test
  void theFirstMaximumInReadingOrderWinsThePoolingTie() {
    Tensor x = scope.of(Shape.of(1, 2, 4, 1), 1, 7, 5, 5, 7, 7, 5, 5);
    assertThat(gradient(new MaxPool2d(Sliding.valid(2, 2, 2, 2)), new double[] {1, 2}, 0, x))
        .containsExactly(0, 1, 2, 0, 0, 0, 0, 0);
  }

  @Test
  void aPaddedPoolKeepsTheFirstMaximum() {
    Tensor x = scope.of(Shape.of(1, 3, 3, 1), -4, -4, -4, -4, -4, -4, -4, -4, -4);
    Op pool = new MaxPool2d(Sliding.same(2, 2, 2, 2)); // pads a row below and a column right
    assertThat(run(pool, x).toDoubles()).containsExactly(-4, -4, -4, -4);
    assertThat(gradient(pool, new double[] {1, 2, 3, 4}, 0, x))
        .containsExactly(1, 0, 2, 0, 0, 0, 3, 0, 4);
    Op around = new MaxPool2d(Sliding.same(3, 3, 1, 1)); // pads on every side
    assertThat(gradient(around, new double[] {1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, x))
        .containsExactly(4, 2, 0, 2, 1, 0, 0, 0, 0);
  }

  @Test
  void overlappingPoolsAddUp() {
    Tensor x = scope.of(Shape.of(1, 1, 3, 1), 1, 9, 1);
    assertThat(gradient(new MaxPool2d(Sliding.valid(1, 2, 1, 1)), new double[] {2, 3}, 0, x))
        .containsExactly(0, 5, 0);
  }

  @Test
  void aReducedMaximumSharesItsGradientAmongEquals() {
    Tensor x = scope.of(Shape.of(1, 4), 3, 1, 3, 2);
    assertThat(gradient(new Reduce(Reduction.MAX, 1), new double[] {8}, 0, x))
        .containsExactly(4, 0, 4, 0);
  }

  @Test
  void aGlobalPoolFoldsTheMapsAndMayKeepTheirAxes() {
    Tensor x = scope.of(Shape.of(1, 2, 1, 2), 1, 20, 3, 10);
    Tensor means = run(new GlobalPool2d(Reduction.MEAN, false), x);
    assertThat(means.shape()).isEqualTo(Shape.of(1, 2));
    assertThat(means.toDoubles()).containsExactly(2, 15);
    Tensor maxima = run(new GlobalPool2d(Reduction.MAX, true), x);
    assertThat(maxima.shape()).isEqualTo(Shape.of(1, 1, 1, 2));
    assertThat(maxima.toDoubles()).containsExactly(3, 20);
  }

  @Test
  void samePadsMoreAtTheBottomAndRight() {
    double[] ones = new double[9];
    Arrays.fill(ones, 1);
    Tensor x = scope.of(Shape.of(1, 3, 3, 1), ones);
    Tensor kernel = scope.of(Shape.of(2, 2, 1, 1), 1, 1, 1, 1);
    assertThat(run(new Conv2d(Sliding.same(2, 2, 1, 1)), x, kernel).toDoubles())
        .containsExactly(4, 4, 2, 4, 4, 2, 2, 2, 1);
  }

  @Test
  void sameDividesTheSizeByTheStrideAndRoundsUp() {
    for (int size = 1; size < 9; size++) {
      for (int stride = 1; stride < 4; stride++) {
        Shape x = Shape.of(1, size, 2, 3);
        int pixels = (size + stride - 1) / stride;
        assertThat(new MaxPool2d(Sliding.same(3, 1, stride, 1)).shape(List.of(x)))
            .isEqualTo(Shape.of(1, pixels, 2, 3));
      }
    }
  }

  @Test
  void validDropsTheRest() {
    Tensor x = scope.of(Shape.of(1, 1, 5, 1), 1, 2, 3, 4, 99);
    assertThat(run(new MaxPool2d(Sliding.valid(1, 2, 1, 2)), x).toDoubles()).containsExactly(2, 4);
  }

  @Test
  void theAverageDoesNotCountThePadding() {
    Tensor x = scope.of(Shape.of(1, 1, 3, 1), 2, 4, 9);
    Op pool = new AveragePool2d(Sliding.same(1, 2, 1, 2));
    assertThat(run(pool, x).toDoubles()).containsExactly(3, 9);
    assertThat(gradient(pool, new double[] {1, 1}, 0, x)).containsExactly(0.5, 0.5, 1);
  }

  @Test
  void flattenKeepsTheOrderHeightWidthChannel() {
    Tensor x = scope.of(Shape.of(1, 2, 1, 2), 1, 2, 3, 4);
    Tensor y = run(Reshape.flatten(), x);
    assertThat(y.shape()).isEqualTo(Shape.of(1, 4));
    assertThat(y.toDoubles()).containsExactly(1, 2, 3, 4);
  }

  private Tensor run(Op op, Tensor... inputs) {
    return Node.run(op, scope, List.of(inputs), true).output();
  }

  private double[] slopes(Op op, double... x) {
    double[] ones = new double[x.length];
    Arrays.fill(ones, 1);
    return gradient(op, ones, 0, scope.of(Shape.of(1, x.length), x));
  }

  private double[] gradient(Op op, double[] g, int i, Tensor... inputs) {
    Node node = Node.run(op, scope, List.of(inputs), true);
    return op.gradient(node, scope.of(node.output().shape(), g), i).toDoubles();
  }
}
