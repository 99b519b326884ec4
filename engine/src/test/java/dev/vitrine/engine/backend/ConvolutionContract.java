package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Convolution, its two transposes and the matrix product. */
interface ConvolutionContract extends ContractSection {

  @Test
  default void aConvolutionIsTheReferences() {
    for (ConvolutionCase c : ConvolutionCase.all()) {
      SplittableRandom random = new SplittableRandom(c.seed());
      Values x = Values.random(random, c.x());
      Values kernel = Values.random(random, c.kernel());
      Values bias = Values.random(random, Shape.of(c.y().dim(3)));
      for (PostOp post : PostOp.values()) {
        comparison()
            .agreesInSum(
                post + " " + c, c.seed(), c.forwardTerms(), c.forward(post), c.y(), x, kernel);
        comparison()
            .agreesInSum(
                post + " with bias " + c,
                c.seed(),
                c.forwardTerms(),
                c.forward(post),
                c.y(),
                x,
                kernel,
                bias);
      }
    }
  }

  @Test
  default void theGradientAtAConvolutionsInputIsTheReferencesAndItsTranspose() {
    for (ConvolutionCase c : ConvolutionCase.all()) {
      SplittableRandom random = new SplittableRandom(c.seed());
      Values x = Values.random(random, c.x());
      Values kernel = Values.random(random, c.kernel());
      Values gradY = Values.random(random, c.y());
      comparison()
          .agreesInSum(
              "backward data " + c,
              c.seed(),
              c.dataTerms(),
              c.backwardData(),
              c.x(),
              gradY,
              kernel);
      Comparison.LinearMap map =
          new Comparison.LinearMap(
              withSecond(c.forward(PostOp.NONE), kernel),
              withSecond(c.backwardData(), kernel),
              withSecond(c.forward(PostOp.NONE), kernel.map(Math::abs)),
              Math.max(c.forwardTerms(), c.dataTerms()));
      Values direction = Values.random(random, c.x());
      comparison().adjoint("backward data " + c, c.seed(), map, x, gradY);
      comparison()
          .differentiates("backward data " + c, c.seed(), map.map(), map, x, direction, gradY);
    }
  }

  @Test
  default void theGradientAtAKernelIsTheReferencesAndItsTranspose() {
    for (ConvolutionCase c : ConvolutionCase.all()) {
      SplittableRandom random = new SplittableRandom(c.seed());
      Values x = Values.random(random, c.x());
      Values kernel = Values.random(random, c.kernel());
      Values gradY = Values.random(random, c.y());
      comparison()
          .agreesInSum(
              "backward weights " + c,
              c.seed(),
              c.weightTerms(),
              c.backwardWeights(),
              c.kernel(),
              x,
              gradY);
      Comparison.LinearMap map =
          new Comparison.LinearMap(
              withFirst(c.forward(PostOp.NONE), x),
              withFirst(c.backwardWeights(), x),
              withFirst(c.forward(PostOp.NONE), x.map(Math::abs)),
              Math.max(c.forwardTerms(), c.weightTerms()));
      Values direction = Values.random(random, c.kernel());
      comparison().adjoint("backward weights " + c, c.seed(), map, kernel, gradY);
      comparison()
          .differentiates(
              "backward weights " + c, c.seed(), map.map(), map, kernel, direction, gradY);
    }
  }

  private static Comparison.Operation withFirst(Comparison.Operation operation, Values first) {
    return (b, in, out) -> with(b, first, buffer -> operation.run(b, two(buffer, in[0]), out));
  }

  private static Comparison.Operation withSecond(Comparison.Operation operation, Values second) {
    return (b, in, out) -> with(b, second, buffer -> operation.run(b, two(in[0], buffer), out));
  }

  private static void with(Backend b, Values values, Consumer<Buffer> body) {
    Buffer buffer = Comparison.upload(b, values);
    try {
      body.accept(buffer);
    } finally {
      b.release(buffer);
    }
  }

  private static Buffer[] two(Buffer first, Buffer second) {
    return new Buffer[] {first, second};
  }

  @Test
  default void aConvolutionOfCountingPixelsWithOnesGivesTheirSums() {
    Values x = Values.of(Shape.of(1, 4, 4, 1), IntStream.range(0, 16).asDoubleStream().toArray());
    Values ones = Values.of(Shape.of(3, 3, 1, 2), new double[18]).map(v -> 1);
    Values bias = Values.of(Shape.of(2), -50, -75);
    ConvolutionCase c =
        ConvolutionCase.of(new Convolution(Window.of(3, 3, 1, 1), 1), 0, 1, 4, 4, 1, 2);
    Values sums = Values.of(c.y(), -5, -30, 4, -21, 31, 6, 40, 15);
    comparison().gives("sums", sums, c.forward(PostOp.NONE), x, ones, bias);
    Values cut = Values.of(c.y(), 0, 0, 4, 0, 31, 6, 40, 15);
    comparison().gives("sums cut at zero", cut, c.forward(PostOp.RELU), x, ones, bias);
  }

  @Test
  default void aConvolutionDoesNotTurnItsKernel() {
    Window w = Window.of(1, 3, 1, 1).padded(0, 1, 0, 1);
    ConvolutionCase c = ConvolutionCase.of(new Convolution(w, 1), 0, 1, 1, 3, 1, 1);
    Values x = Values.of(c.x(), 1, 0, 0);
    Values kernel = Values.of(c.kernel(), 1, 2, 3);
    comparison().gives("an impulse", Values.of(c.y(), 2, 1, 0), c.forward(PostOp.NONE), x, kernel);
  }

  @Test
  default void strideDilationAndUnequalPaddingPickTheRightPixels() {
    // y[0] = 1 * padding + 10 * x[1], y[1] = 1 * x[1] + 10 * x[3]: along a row, then a column.
    Window row = new Window(1, 2, 1, 2, 1, 2, 0, 1, 0, 0);
    Window column = new Window(2, 1, 2, 1, 2, 1, 1, 0, 0, 0);
    picksTheRightPixels(ConvolutionCase.of(new Convolution(row, 1), 0, 1, 1, 5, 1, 1));
    picksTheRightPixels(ConvolutionCase.of(new Convolution(column, 1), 0, 1, 5, 1, 1, 1));
  }

  private void picksTheRightPixels(ConvolutionCase c) {
    Values x = Values.of(c.x(), 1, 2, 3, 4, 5);
    Values kernel = Values.of(c.kernel(), 1, 10);
    Values gradY = Values.of(c.y(), 1, 100);
    Values gradX = Values.of(c.x(), 0, 110, 0, 1000, 0);
    Values gradKernel = Values.of(c.kernel(), 200, 402);
    comparison().gives("y " + c, Values.of(c.y(), 20, 42), c.forward(PostOp.NONE), x, kernel);
    comparison().gives("gradX " + c, gradX, c.backwardData(), gradY, kernel);
    comparison().gives("gradKernel " + c, gradKernel, c.backwardWeights(), x, gradY);
  }

  @Test
  default void groupsSeeOnlyTheirOwnChannels() {
    Convolution convolution = new Convolution(Window.of(1, 1, 1, 1), 2);
    ConvolutionCase c = ConvolutionCase.of(convolution, 0, 1, 1, 1, 4, 4);
    Values x = Values.of(c.x(), 1, 2, 3, 4);
    Values kernel = Values.of(c.kernel(), 1, 10, 100, 1000, 2, 20, 200, 2000); // [c][o]
    Values gradY = Values.of(c.y(), 1, 2, 3, 4);
    Values y = Values.of(c.y(), 5, 50, 1100, 11000);
    Values gradX = Values.of(c.x(), 21, 42, 4300, 8600);
    Values gradKernel = Values.of(c.kernel(), 1, 2, 9, 12, 2, 4, 12, 16);
    comparison().gives("y of groups", y, c.forward(PostOp.NONE), x, kernel);
    comparison().gives("gradX of groups", gradX, c.backwardData(), gradY, kernel);
    comparison().gives("gradKernel of groups", gradKernel, c.backwardWeights(), x, gradY);
  }

  @Test
  default void theSameConvolutionTwiceGivesTheSameBits() {
    ConvolutionCase c = ConvolutionCase.all().get(0);
    SplittableRandom random = new SplittableRandom(c.seed());
    Values x = Values.random(random, c.x());
    Values kernel = Values.random(random, c.kernel());
    Values gradY = Values.random(random, c.y());
    for (int i = 0; i < 2; i++) {
      assertThat(comparison().run(c.forward(PostOp.NONE), c.y(), x, kernel).data())
          .isEqualTo(comparison().run(c.forward(PostOp.NONE), c.y(), x, kernel).data());
      assertThat(comparison().run(c.backwardData(), c.x(), gradY, kernel).data())
          .isEqualTo(comparison().run(c.backwardData(), c.x(), gradY, kernel).data());
      assertThat(comparison().run(c.backwardWeights(), c.kernel(), x, gradY).data())
          .isEqualTo(comparison().run(c.backwardWeights(), c.kernel(), x, gradY).data());
    }
  }

  // ---- matrix product ----

  @Test
  default void aMatrixProductIsTheReferences() {
    SplittableRandom sizes = new SplittableRandom(7);
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int rows = sizes.nextInt(1, 20);
      int inner = seed == 0 ? 1000 : sizes.nextInt(1, 40);
      int columns = sizes.nextInt(1, 30);
      boolean ta = seed % 2 == 1;
      boolean tb = seed / 2 % 2 == 1;
      Values a = Values.random(random, ta ? Shape.of(inner, rows) : Shape.of(rows, inner));
      Values b = Values.random(random, tb ? Shape.of(columns, inner) : Shape.of(inner, columns));
      Values bias = seed % 3 == 0 ? null : Values.random(random, Shape.of(columns));
      PostOp post = seed % 5 < 3 ? PostOp.NONE : PostOp.RELU;
      comparison()
          .agreesInSum(
              "matmul a" + (ta ? "'" : "") + a.shape() + " b" + (tb ? "'" : "") + b.shape(),
              seed,
              inner + 1,
              (on, in, y) -> on.matmul(in[0], ta, in[1], tb, in[2], post, y),
              Shape.of(rows, columns),
              a,
              b,
              bias);
    }
  }

  @Test
  default void aMatrixProductGoesRowsByColumns() {
    Values a = Values.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Values aTransposed = Values.of(Shape.of(3, 2), 1, 4, 2, 5, 3, 6);
    Values b = Values.of(Shape.of(3, 2), 1, -1, 10, -10, 100, -100);
    Values bTransposed = Values.of(Shape.of(2, 3), 1, 10, 100, -1, -10, -100);
    Values bias = Values.of(Shape.of(2), 0.5, 322);
    Values sums = Values.of(Shape.of(2, 2), 321.5, 1, 654.5, -332);
    Values cut = Values.of(Shape.of(2, 2), 321.5, 1, 654.5, 0);
    for (PostOp post : PostOp.values()) {
      Values expected = post == PostOp.NONE ? sums : cut;
      comparison().gives("a b", expected, product(false, false, post), a, b, bias);
      comparison().gives("a' b", expected, product(true, false, post), aTransposed, b, bias);
      comparison().gives("a b'", expected, product(false, true, post), a, bTransposed, bias);
      comparison()
          .gives("a' b'", expected, product(true, true, post), aTransposed, bTransposed, bias);
    }
  }

  private static Comparison.Operation product(boolean ta, boolean tb, PostOp post) {
    return (on, in, y) -> on.matmul(in[0], ta, in[1], tb, in[2], post, y);
  }
}
