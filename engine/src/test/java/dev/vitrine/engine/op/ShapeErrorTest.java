package dev.vitrine.engine.op;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Inputs that do not fit are refused in one line that says what was found. */
class ShapeErrorTest {
  private static final Shape IMAGE = Shape.of(1, 5, 4, 3);
  private static final Shape ROWS = Shape.of(2, 6);

  static Stream<Arguments> misfits() {
    Op conv = new Conv2d(Sliding.valid(3, 3, 1, 1));
    Shape kernel = Shape.of(3, 3, 3, 8);
    return Stream.of(
        arguments(
            conv, List.of(IMAGE), "Conv2d takes 2 to 3 input(s), weights included, not the 1"),
        arguments(conv, List.of(ROWS, kernel), "Conv2d takes images [n, h, w, c], not [2, 6]"),
        arguments(
            conv,
            List.of(IMAGE, Shape.of(3, 3, 1, 8)),
            "kernel [3, 3, 1, 8] does not fit images [1, 5, 4, 3]"),
        arguments(conv, List.of(IMAGE, Shape.of(5, 5, 3, 8)), "a window of 3x3"),
        arguments(conv, List.of(IMAGE, kernel, Shape.of(7)), "bias [7], its 8 outputs need [8]"),
        arguments(
            conv,
            List.of(Shape.of(1, 2, 4, 3), kernel),
            "an image of 2 by 4 is too small for a window of 3 by 3; use a larger image"),
        arguments(
            new Conv2d(Sliding.same(1, 1, 1, 1), 3, null),
            List.of(IMAGE, Shape.of(1, 1, 1, 4)),
            "in 3 group(s)"),
        arguments(
            new Dense(), List.of(ROWS, Shape.of(5, 4)), "weights [5, 4] do not fit rows [2, 6]"),
        arguments(new Dense(), List.of(ROWS, Shape.of(6, 4), Shape.of(6)), "bias [6]"),
        arguments(new MaxPool2d(Sliding.valid(6, 1, 1, 1)), List.of(IMAGE), "too small"),
        arguments(new AveragePool2d(Sliding.valid(2, 2, 1, 1)), List.of(ROWS), "takes images"),
        arguments(new Relu(), List.of(ROWS, ROWS), "Relu takes 1 input(s)"),
        arguments(new Elementwise(Unary.TANH), List.of(), "Tanh takes 1 input(s)"),
        arguments(new Arithmetic(Binary.ADD), List.of(ROWS, ROWS, ROWS), "Add takes 2 input(s)"),
        arguments(
            new Arithmetic(Binary.ADD),
            List.of(ROWS, Shape.of(5)),
            "shapes [2, 6] and [5] do not broadcast"),
        arguments(
            new Concat(-1),
            List.of(IMAGE, Shape.of(1, 5, 5, 3)),
            "[1, 5, 5, 3] can't stand beside [1, 5, 4, 3] along axis -1"),
        arguments(new Concat(2), List.of(ROWS, ROWS), "shape [2, 6] has no axis 2"),
        arguments(new BatchNorm(0), List.of(IMAGE), "BatchNorm takes 5 input(s)"),
        arguments(
            new BatchNorm(0),
            List.of(IMAGE, Shape.of(3), Shape.of(3), Shape.of(2), Shape.of(3)),
            "statistics [2] do not fit the channels of [1, 5, 4, 3]"),
        arguments(new Reduce(Reduction.SUM, 2), List.of(ROWS), "shape [2, 6] has no axis 2"),
        arguments(new Reshape(List.of(4, 2)), List.of(ROWS), "[2, 6] can't be given"),
        arguments(new Reshape(List.of(4, -1)), List.of(ROWS), "[2, 6] can't be given"),
        arguments(new Crop(3, 0, 2, 0), List.of(IMAGE), "nothing is left of [1, 5, 4, 3]"),
        arguments(new Pad(1, 1, 1, 1, 0), List.of(ROWS), "Pad takes images"),
        arguments(new Resample(Interpolation.NEAREST, 2, 2), List.of(ROWS), "takes images"));
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void aMisfitIsNamed(Op op, List<Shape> inputs, String says) {
    assertThatThrownBy(() -> op.shape(inputs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(says)
        .hasMessageNotContaining("\n");
  }

  @Test
  void operationsThatCanNotBeAreRefusedWhenTheyAreMade() {
    assertThatThrownBy(() -> new Elementwise(Unary.RELU)).hasMessageContaining("use Relu");
    assertThatThrownBy(() -> new Arithmetic(Binary.GREATER)).hasMessageContaining("no derivative");
    assertThatThrownBy(() -> new Reshape(List.of(-1, 2, -1))).hasMessageContaining("-1 once");
    assertThatThrownBy(() -> new Reshape(List.of(0, -1))).hasMessageContaining("positive");
    assertThatThrownBy(() -> Sliding.valid(0, 1, 1, 1)).hasMessageContaining("1 or more");
  }
}
