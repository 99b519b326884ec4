package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Frozen buffers: read as ever, in whatever layouts; not written. */
interface FreezingContract extends ContractSection {

  @Test
  default void aFrozenBufferIsReadAsEverAndThawedIsWrittenAgain() {
    Backend b = comparison().backend;
    Values x = Values.random(new SplittableRandom(1), Shape.of(3, 3, 5, 7));
    Buffer buffer = Comparison.upload(b, x);
    Buffer view = b.reshape(buffer, Shape.of(45, 7));
    b.freeze(buffer);
    b.freeze(buffer);
    Buffer later = b.reshape(buffer, Shape.of(315));
    for (Buffer handle : new Buffer[] {buffer, view, later}) {
      assertThat(Comparison.download(b, handle).data()).isEqualTo(x.data());
    }
    float[] some = new float[2];
    b.download(buffer, 5, some, 0, 2);
    assertThat(some).containsExactly((float) x.data()[5], (float) x.data()[6]);
    Buffer doubled = b.alloc(Shape.of(45, 7));
    b.unary(Unary.LINEAR, 2, 0, view, doubled);
    Comparison.same("2 x", 1, 0, x.map(v -> 2 * v), reshaped(x, Comparison.download(b, doubled)));
    b.thaw(buffer);
    b.fill(buffer, 4);
    assertThat(Comparison.download(b, later).data()).containsOnly(4);
    for (Buffer handle : new Buffer[] {buffer, view, later, doubled}) {
      b.release(handle);
    }
  }

  private static Values reshaped(Values like, Values x) {
    return new Values(like.shape(), x.data());
  }

  @Test
  default void aFrozenBufferIsNotWrittenThroughAnyHandle() {
    Backend b = comparison().backend;
    Shape shape = Shape.of(1, 2, 2, 1);
    Values ones = Values.of(shape, 1, 1, 1, 1);
    Buffer frozen = Comparison.upload(b, ones);
    Buffer view = b.reshape(frozen, shape);
    Buffer x = Comparison.upload(b, ones.map(v -> 2));
    b.freeze(frozen);
    Window one = Window.of(1, 1, 1, 1);
    Buffer kernel = Comparison.upload(b, Values.of(Shape.of(1, 1, 1, 1), 3));
    AdamStep step = new AdamStep(1, 0.9, 0.9, 1, 0, 1);
    Convolution c = new Convolution(one, 1);
    Map<String, Runnable> writes = new LinkedHashMap<>();
    writes.put("fill", () -> b.fill(frozen, 0));
    writes.put("upload", () -> b.upload(frozen, 0, new float[4], 0, 4));
    writes.put("upload through a view", () -> b.upload(view, 0, new double[4], 0, 4));
    writes.put("unary", () -> b.unary(Unary.RELU, 0, 0, x, frozen));
    writes.put("unary through a view", () -> b.unary(Unary.RELU, 0, 0, x, view));
    writes.put("convolution", () -> b.convolution(c, x, kernel, null, PostOp.NONE, frozen));
    writes.put("convolutionBackwardData", () -> b.convolutionBackwardData(c, x, kernel, frozen));
    writes.put("averagePool", () -> b.averagePool(one, x, frozen));
    writes.put("slice", () -> b.slice(x, new int[4], frozen));
    writes.put("resample", () -> b.resample(Interpolation.NEAREST, x, frozen));
    writes.put("adam", () -> b.adam(step, x, x, x, frozen));
    SoftAssertions each = new SoftAssertions();
    writes.forEach(
        (operation, write) ->
            each.assertThatThrownBy(write::run)
                .as(operation)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(operation.split(" ")[0])
                .hasMessageContaining("frozen"));
    each.assertThat(Comparison.download(b, frozen).data()).containsOnly(1);
    for (Buffer handle : new Buffer[] {frozen, view, x, kernel}) {
      b.release(handle);
    }
    each.assertAll();
  }

  @Test
  default void aFrozenKernelServesEveryShapeAsAnUnfrozenOneDoes() {
    Backend b = comparison().backend;
    for (ConvolutionCase c : ConvolutionCase.all().subList(0, 30)) {
      SplittableRandom random = new SplittableRandom(c.seed());
      Values kernel = Values.random(random, c.kernel());
      Values bias = Values.random(random, Shape.of(c.y().dim(3)));
      Buffer frozen = Comparison.upload(b, kernel);
      Buffer frozenBias = Comparison.upload(b, bias);
      b.freeze(frozen);
      b.freeze(frozenBias);
      try {
        // The case's own shape, a larger one, and the first again.
        for (int grown : new int[] {0, 5, 0}) {
          ConvolutionCase sized =
              ConvolutionCase.of(
                  c.convolution(),
                  c.seed(),
                  c.x().dim(0) + grown % 2,
                  c.x().dim(1) + grown,
                  c.x().dim(2) + grown,
                  c.x().dim(3),
                  c.y().dim(3));
          Values x = Values.random(random, sized.x());
          Values gradY = Values.random(random, sized.y());
          frozenAgrees(sized, PostOp.RELU, x, gradY, kernel, bias, frozen, frozenBias);
        }
        Comparison.same("frozen kernel " + c, c.seed(), 0, kernel, Comparison.download(b, frozen));
      } finally {
        b.release(frozen);
        b.release(frozenBias);
      }
    }
  }

  private void frozenAgrees(
      ConvolutionCase c,
      PostOp post,
      Values x,
      Values gradY,
      Values kernel,
      Values bias,
      Buffer frozenKernel,
      Buffer frozenBias) {
    Convolution convolution = c.convolution();
    Values y =
        comparison()
            .run(
                (on, in, out) ->
                    on.convolution(convolution, in[0], frozenKernel, frozenBias, post, out),
                c.y(),
                x);
    comparison()
        .sums("frozen " + c, c.seed(), c.forwardTerms(), c.forward(post), y, x, kernel, bias);
    Values gradX =
        comparison()
            .run(
                (on, in, out) -> on.convolutionBackwardData(convolution, in[0], frozenKernel, out),
                c.x(),
                gradY);
    comparison()
        .sums(
            "frozen, backward data " + c,
            c.seed(),
            c.dataTerms(),
            c.backwardData(),
            gradX,
            gradY,
            kernel);
    Values gradKernel =
        comparison()
            .run(
                (on, in, out) -> {
                  on.freeze(in[0]);
                  on.freeze(in[1]);
                  on.convolutionBackwardWeights(convolution, in[0], in[1], out);
                },
                c.kernel(),
                x,
                gradY);
    comparison()
        .sums(
            "frozen, backward weights " + c,
            c.seed(),
            c.weightTerms(),
            c.backwardWeights(),
            gradKernel,
            x,
            gradY);
  }

  @Test
  default void aThawedKernelsNewContentsAreTheOnesThatCount() {
    Backend b = comparison().backend;
    ConvolutionCase c = ConvolutionCase.all().get(1);
    SplittableRandom random = new SplittableRandom(c.seed());
    Values x = Values.random(random, c.x());
    Values gradY = Values.random(random, c.y());
    Buffer kernel = b.alloc(c.kernel());
    try {
      for (int round = 0; round < 3; round++) {
        Values contents = Values.random(random, c.kernel());
        b.upload(kernel, 0, contents.data(), 0, contents.data().length);
        b.freeze(kernel);
        Values y =
            comparison()
                .run(
                    (on, in, out) ->
                        on.convolution(c.convolution(), in[0], kernel, null, PostOp.NONE, out),
                    c.y(),
                    x);
        comparison().sums("round " + round, c.seed(), 99, c.forward(PostOp.NONE), y, x, contents);
        Values gradX =
            comparison()
                .run(
                    (on, in, out) ->
                        on.convolutionBackwardData(c.convolution(), in[0], kernel, out),
                    c.x(),
                    gradY);
        comparison()
            .sums("round " + round, c.seed(), 999, c.backwardData(), gradX, gradY, contents);
        b.thaw(kernel);
      }
    } finally {
      b.release(kernel);
    }
  }

  @Test
  default void aFrozenMatrixServesBothSidesOfAProduct() {
    Backend b = comparison().backend;
    SplittableRandom random = new SplittableRandom(4);
    Values weights = Values.random(random, Shape.of(30, 21));
    Values x = Values.random(random, Shape.of(5, 30));
    Values gradY = Values.random(random, Shape.of(5, 21));
    Buffer frozen = Comparison.upload(b, weights);
    b.freeze(frozen);
    try {
      for (int round = 0; round < 2; round++) {
        Values y =
            comparison()
                .run(
                    (on, in, out) -> on.matmul(in[0], false, frozen, false, null, PostOp.NONE, out),
                    Shape.of(5, 21),
                    x);
        comparison()
            .sums(
                "x w",
                4,
                30,
                (on, in, out) -> on.matmul(in[0], false, in[1], false, null, PostOp.NONE, out),
                y,
                x,
                weights);
        Values gradX =
            comparison()
                .run(
                    (on, in, out) -> on.matmul(in[0], false, frozen, true, null, PostOp.NONE, out),
                    Shape.of(5, 30),
                    gradY);
        comparison()
            .sums(
                "g w'",
                4,
                21,
                (on, in, out) -> on.matmul(in[0], false, in[1], true, null, PostOp.NONE, out),
                gradX,
                gradY,
                weights);
      }
    } finally {
      b.release(frozen);
    }
  }
}
