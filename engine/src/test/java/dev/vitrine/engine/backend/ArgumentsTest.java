package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What the checks say; that every operation makes them is for the contract to show. */
final class ArgumentsTest {
  private static final Convolution THREE_BY_THREE = new Convolution(Window.of(3, 3, 1, 1), 1);

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void aKernelThatDoesNotFitItsInputIsNamedWithTheOneThatWould() {
    Shape x = Shape.of(1, 8, 8, 1);
    Shape kernel = Shape.of(3, 3, 3, 64);
    Shape y = Shape.of(1, 6, 6, 64);
    assertRefused(
        () -> Arguments.convolution(THREE_BY_THREE, x, kernel, null, y),
        "convolution: kernel is [3, 3, 3, 64], x [1, 8, 8, 1] with 1 group(s) needs [3, 3, 1, 64]");
    assertRefused(
        () -> Arguments.convolutionBackwardWeights(THREE_BY_THREE, x, y, kernel),
        "convolutionBackwardWeights: gradKernel is [3, 3, 3, 64],"
            + " x [1, 8, 8, 1] with 1 group(s) needs [3, 3, 1, 64]");
  }

  @Test
  void aWrongOutputIsNamedWithTheRightOne() {
    Shape x = Shape.of(2, 8, 9, 1);
    Shape kernel = Shape.of(3, 3, 1, 4);
    assertRefused(
        () -> Arguments.convolution(THREE_BY_THREE, x, kernel, null, x),
        "convolution: y is [2, 8, 9, 1], it should be [2, 6, 7, 4]");
    assertRefused(
        () -> Arguments.convolutionBackwardData(THREE_BY_THREE, x, kernel, x),
        "convolutionBackwardData: gradY is [2, 8, 9, 1], it should be [2, 6, 7, 4]");
    assertRefused(
        () ->
            Arguments.convolution(THREE_BY_THREE, x, kernel, Shape.of(1, 4), Shape.of(2, 6, 7, 4)),
        "convolution: bias is [1, 4], it should be [4]");
  }

  @Test
  void groupsMustDivideTheChannels() {
    assertRefused(
        () ->
            Arguments.convolution(
                new Convolution(Window.of(1, 1, 1, 1), 3),
                Shape.of(1, 1, 1, 4),
                Shape.of(1, 1, 1, 3),
                null,
                Shape.of(1, 1, 1, 3)),
        "convolution: 3 groups do not divide the channels of x [1, 1, 1, 4] and kernel [1, 1, 1,"
            + " 3]");
  }

  @Test
  void aWindowLargerThanThePaddedImageIsNamed() {
    assertRefused(
        () ->
            Arguments.averagePool(
                Window.of(4, 3, 1, 1).padded(1, 0, 0, 0),
                Shape.of(1, 2, 5, 1),
                Shape.of(1, 1, 3, 1)),
        "averagePool: a window that spans 4 x 3 does not fit x [1, 2, 5, 1]"
            + " with paddings of 1, 0, 0, 0");
  }

  @Test
  void aPoolingWindowWhollyInPaddingIsRefusedAndOneThatSeesAPixelIsNot() {
    Shape x = Shape.of(1, 1, 3, 1);
    Window outside = Window.of(1, 2, 1, 1).padded(0, 2, 0, 0);
    assertThatThrownBy(() -> Arguments.maxPool(outside, x, null, Shape.of(1, 1, 4, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lies wholly in the padding of x [1, 1, 3, 1]");
    Window dilatedAround = new Window(1, 2, 1, 1, 1, 4, 0, 1, 0, 1);
    assertThatThrownBy(() -> Arguments.averagePool(dilatedAround, x, Shape.of(1, 1, 1, 1)))
        .hasMessageContaining("lies wholly in the padding");
    Window edge = Window.of(1, 2, 1, 1).padded(0, 1, 0, 1);
    assertThatCode(() -> Arguments.maxPool(edge, x, null, Shape.of(1, 1, 4, 1)))
        .doesNotThrowAnyException();
  }

  @Test
  void transfersMustStayInsideBothArrays() {
    Shape shape = Shape.of(2, 3);
    assertRefused(
        () -> Arguments.transfer("upload", shape, 4, 10, 0, 3),
        "upload: 3 elements from 4 on do not fit the 6 of buffer [2, 3]");
    assertRefused(
        () -> Arguments.transfer("download", shape, 0, 5, 2, 4),
        "download: 4 elements from 2 on do not fit the array of length 5");
    assertRefused(
        () -> Arguments.transfer("upload", shape, -1, 5, 0, 1),
        "upload: offset -1, position 0 and count 1 must not be negative");
    assertThatCode(() -> Arguments.transfer("upload", shape, 3, 5, 2, 3))
        .doesNotThrowAnyException();
  }

  @Test
  void matricesThatDoNotChainAreNamedAsTheyAreTransposed() {
    assertRefused(
        () -> Arguments.matmul(Shape.of(2, 3), true, Shape.of(4, 3), true, null, Shape.of(3, 4)),
        "matmul: a [2, 3] transposed has 2 columns, b [4, 3] transposed has 3 rows");
  }

  @Test
  void blocksMustLieInside() {
    assertRefused(
        () -> Arguments.slice(Shape.of(4, 4), new int[] {2, 3}, Shape.of(2, 2)),
        "slice: y [2, 2] at [2, 3] does not fit x [4, 4]");
    assertRefused(
        () -> Arguments.pad(Shape.of(2, 2), new int[] {0, -1}, Shape.of(4, 4)),
        "pad: x [2, 2] at [0, -1] does not fit y [4, 4]");
    assertRefused(
        () -> Arguments.concat(List.of(Shape.of(2, 2), Shape.of(2, 1)), 1, Shape.of(2, 4)),
        "concat: [[2, 2], [2, 1]] have 3 together along axis 1, y [2, 4] has 4");
  }

  @Test
  void reductionsFoldToOneOrNotAtAll() {
    assertRefused(
        () -> Arguments.reduce(Shape.of(4, 6), Shape.of(4, 3)),
        "reduce: y is [4, 3], axis 1 of x [4, 6] needs 6 or 1");
  }

  @Test
  void adamsArraysHaveTheShapeOfWhatTheyChange() {
    Shape x = Shape.of(2, 3);
    Shape other = Shape.of(6);
    assertRefused(() -> Arguments.adam(other, x, x, x), "adam: grad is [6], it should be [2, 3]");
    assertRefused(() -> Arguments.adam(x, other, x, x), "adam: m is [6], it should be [2, 3]");
    assertRefused(() -> Arguments.adam(x, x, other, x), "adam: v is [6], it should be [2, 3]");
  }

  @Test
  void anEmptyBufferIsRefused() {
    assertRefused(
        () -> Arguments.alloc(Shape.of(3, 0)),
        "alloc: shape [3, 0] must have between 1 and 2147483647 elements");
  }
}
