package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;
import java.util.SplittableRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Functions of elements and pairs, reductions, softmax. */
interface ElementwiseContract extends ContractSection {

  private static Comparison.Operation unary(Unary kind, double alpha, double beta) {
    return (b, in, y) -> b.unary(kind, alpha, beta, in[0], y);
  }

  private static Comparison.Operation binary(Binary kind) {
    return (b, in, y) -> b.binary(kind, in[0], in[1], y);
  }

  private static Comparison.Operation reduce(Reduction kind) {
    return (b, in, y) -> b.reduce(kind, in[0], y);
  }

  private static Values row(double... data) {
    return Values.of(Shape.of(data.length), data);
  }

  @Test
  default void everyUnaryFunctionIsTheReferences() {
    for (Unary kind : Unary.values()) {
      boolean positiveOnly = kind == Unary.LOG || kind == Unary.SQRT;
      Shape[] shapes = {
        Shape.of(), Shape.of(1), Shape.of(17), Shape.of(3, 5), Shape.of(2, 3, 5, 7), Shape.of(4099)
      };
      for (int seed = 0; seed < shapes.length; seed++) {
        Values x = Values.random(new SplittableRandom(seed), shapes[seed]);
        x = x.map(v -> (float) (positiveOnly ? Math.abs(v) * 5 + 1e-3 : v * 5));
        double alpha = kind == Unary.POWER ? seed % 4 : 0.25 * (seed - 1);
        double relative = 32 * comparison().unit;
        comparison()
            .agrees(
                kind + "(" + alpha + ", 1.5)",
                seed,
                relative,
                unary(kind, alpha, 1.5),
                x.shape(),
                x);
      }
    }
  }

  @Test
  default void unaryFunctionsHaveTheirKnownValues() {
    double e = Math.E;
    unaryGives(Unary.LINEAR, 3, -1, row(0, 1, -2), row(-1, 2, -7));
    unaryGives(Unary.RELU, 0, 0, row(-2, 0, 3), row(0, 0, 3));
    unaryGives(Unary.LEAKY_RELU, 0.25, 0, row(-2, 0, 3), row(-0.5, 0, 3));
    unaryGives(Unary.ELU, 2, 0, row(-1, 0, 3), row(2 / e - 2, 0, 3));
    unaryGives(Unary.CLIP, -1, 2, row(-5, -1, 0.5, 7), row(-1, -1, 0.5, 2));
    unaryGives(Unary.STEP, 0.5, 0, row(0, 0.5, 0.75), row(0, 0, 1));
    unaryGives(Unary.SIGN, 0, 0, row(-0.25, 0, 8), row(-1, 0, 1));
    unaryGives(Unary.ABS, 0, 0, row(-0.25, 0, 8), row(0.25, 0, 8));
    unaryGives(Unary.EXP, 0, 0, row(0, 1, -1000), row(1, e, 0));
    unaryGives(Unary.LOG, 0, 0, row(1, 2, 0.5), row(0, Math.log(2), -Math.log(2)));
    unaryGives(Unary.POWER, 3, 0, row(-2, 0, 1.5), row(-8, 0, 3.375));
    unaryGives(Unary.POWER, -0.5, 0, row(4, 0.25), row(0.5, 2));
    unaryGives(Unary.SQRT, 0, 0, row(0, 2, 9), row(0, Math.sqrt(2), 3));
    unaryGives(Unary.SQUARE, 0, 0, row(-3, 0, 1.5), row(9, 0, 2.25));
    unaryGives(
        Unary.SIGMOID, 0, 0, row(0, 1, -1), row(0.5, 0.7310585786300049, 0.2689414213699951));
    unaryGives(Unary.TANH, 0, 0, row(0, 1, -0.5), row(0, 0.7615941559557649, -0.4621171572600097));
    unaryGives(Unary.SOFTPLUS, 0, 0, row(0, 1), row(Math.log(2), 1.3132616875182228));
    unaryGives(Unary.SILU, 0, 0, row(0, 1, -1), row(0, 0.7310585786300049, -0.2689414213699951));
    unaryGives(Unary.ERF, 0, 0, row(0, 0.5, -2), row(0, 0.5204998778130465, -0.9953222650189527));
    unaryGives(Unary.GELU, 0, 0, row(0, 1, -1), row(0, 0.8413447460685429, -0.158655253931457));
  }

  @Test
  default void unaryFunctionsDoNotOverflowAtTheirEnds() {
    unaryGives(Unary.SIGMOID, 0, 0, row(-1000, 1000), row(0, 1));
    unaryGives(Unary.TANH, 0, 0, row(-1000, 1000), row(-1, 1));
    unaryGives(Unary.SOFTPLUS, 0, 0, row(-1000, 1000), row(0, 1000));
    unaryGives(Unary.SILU, 0, 0, row(-1000, 1000), row(0, 1000));
    unaryGives(Unary.ELU, 1, 0, row(-1000, 1000), row(-1, 1000));
    unaryGives(Unary.GELU, 0, 0, row(-1000, 1000), row(0, 1000));
    unaryGives(Unary.ERF, 0, 0, row(-1000, 1000), row(-1, 1));
  }

  private void unaryGives(Unary kind, double alpha, double beta, Values x, Values expected) {
    comparison().gives(kind.toString(), expected, unary(kind, alpha, beta), x);
  }

  @Test
  default void everyBinaryFunctionIsTheReferencesUnderBroadcasting() {
    Shape[][] pairs = {
      {Shape.of(), Shape.of()},
      {Shape.of(7), Shape.of()},
      {Shape.of(), Shape.of(2, 3)},
      {Shape.of(3, 5), Shape.of(3, 5)},
      {Shape.of(2, 3, 4, 5), Shape.of(2, 3, 4, 5)},
      {Shape.of(2, 3, 4, 5), Shape.of(5)},
      {Shape.of(5), Shape.of(2, 3, 4, 5)},
      {Shape.of(2, 3, 4, 5), Shape.of(1)},
      {Shape.of(2, 3, 4, 5), Shape.of(2, 1, 1, 5)},
      {Shape.of(2, 3, 4, 5), Shape.of(2, 3, 4, 1)},
      {Shape.of(2, 3, 4, 5), Shape.of(4, 1)},
      {Shape.of(2, 1, 4, 1), Shape.of(1, 3, 1, 5)},
      {Shape.of(4, 1), Shape.of(1, 6)},
      {Shape.of(1, 1, 1, 1), Shape.of(3)},
      {Shape.of(67, 65), Shape.of(67, 1)},
      {Shape.of(2, 1, 3, 1, 2), Shape.of(2, 3, 2, 1)}
    };
    for (Binary kind : Binary.values()) {
      for (int seed = 0; seed < pairs.length; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        Values a = Values.coarse(random, pairs[seed][0]);
        Values b = Values.coarse(random, pairs[seed][1]);
        if (kind == Binary.DIVIDE) {
          b = b.map(v -> v == 0 ? 3 : v);
        }
        Shape y = Shape.broadcast(a.shape(), b.shape());
        double relative = kind == Binary.DIVIDE ? 4 * comparison().unit : 0;
        comparison()
            .agrees(
                kind + " of " + a.shape() + " and " + b.shape(),
                seed,
                relative,
                binary(kind),
                y,
                a,
                b);
      }
    }
  }

  @Test
  default void binaryFunctionsHaveTheirKnownValues() {
    Values a = row(-2, 0, 3, 3, 1);
    Values b = row(4, 5, -1, 3, 0.5);
    binaryGives(Binary.ADD, a, b, row(2, 5, 2, 6, 1.5));
    binaryGives(Binary.SUBTRACT, a, b, row(-6, -5, 4, 0, 0.5));
    binaryGives(Binary.MULTIPLY, a, b, row(-8, 0, -3, 9, 0.5));
    binaryGives(Binary.DIVIDE, a, b, row(-0.5, 0, -3, 1, 2));
    binaryGives(Binary.MAXIMUM, a, b, row(4, 5, 3, 3, 1));
    binaryGives(Binary.MINIMUM, a, b, row(-2, 0, -1, 3, 0.5));
    binaryGives(Binary.GREATER, a, b, row(0, 0, 1, 0, 1));
    binaryGives(Binary.EQUAL, a, b, row(0, 0, 0, 1, 0));
  }

  @Test
  default void aColumnAndARowBroadcastToAMatrix() {
    Values column = Values.of(Shape.of(2, 1), 1, 2);
    Values row = row(10, 20, 30);
    Values matrix = Values.of(Shape.of(2, 3), -9, -19, -29, -8, -18, -28);
    binaryGives(Binary.SUBTRACT, column, row, matrix);
    binaryGives(Binary.SUBTRACT, row, column, matrix.map(v -> -v));
  }

  @Test
  default void theThreeRulesOfTheReluTreatActivationAndGradientAsTheirPapersDo() {
    Values activation = row(-1, -1, 0, 0, 2, 2);
    Values gradient = row(-3, 3, -3, 3, -3, 3);
    binaryGives(Binary.RELU_GRADIENT, activation, gradient, row(0, 0, 0, 0, -3, 3));
    binaryGives(Binary.RELU_GUIDED, activation, gradient, row(0, 0, 0, 0, 0, 3));
    binaryGives(Binary.RELU_DECONVNET, activation, gradient, row(0, 3, 0, 3, 0, 3));
  }

  private void binaryGives(Binary kind, Values a, Values b, Values expected) {
    comparison().gives(kind.toString(), expected, binary(kind), a, b);
  }

  @Test
  default void theReluGradientIsTheRelusDerivative() {
    SplittableRandom random = new SplittableRandom(3);
    Shape shape = Shape.of(2, 5, 7, 3);
    Values x = Values.distinct(random, shape);
    Values gradY = Values.random(random, shape);
    Comparison.Operation backward =
        (b, in, gradX) -> {
          Buffer input = Comparison.upload(b, x);
          b.binary(Binary.RELU_GRADIENT, input, in[0], gradX);
          b.release(input);
        };
    Comparison.Operation identity = unary(Unary.LINEAR, 1, 0);
    comparison()
        .differentiates(
            "RELU_GRADIENT of " + shape,
            3,
            unary(Unary.RELU, 0, 0),
            new Comparison.LinearMap(identity, backward, identity, 1),
            x,
            Values.random(random, shape),
            gradY);
  }

  @Test
  default void aNanIsNotSwallowed() {
    double nan = Double.NaN;
    SoftAssertions each = new SoftAssertions();
    each.check(() -> unaryGives(Unary.RELU, 0, 0, row(nan, -1, 1), row(nan, 0, 1)));
    each.check(() -> unaryGives(Unary.CLIP, -1, 1, row(nan, -2, 2), row(nan, -1, 1)));
    Values a = row(nan, 1, nan);
    Values b = row(1, nan, nan);
    each.check(() -> binaryGives(Binary.MAXIMUM, a, b, row(nan, nan, nan)));
    each.check(() -> binaryGives(Binary.MINIMUM, a, b, row(nan, nan, nan)));
    for (Reduction kind : Reduction.values()) {
      for (int place = 0; place < 3; place++) {
        double[] data = {1, 2, 3};
        data[place] = nan;
        Values x = Values.of(Shape.of(3), data);
        each.check(() -> comparison().gives(kind + " with a NaN", row(nan), reduce(kind), x));
      }
    }
    each.assertAll();
  }

  @Test
  default void aReductionIsTheReferencesOverEveryChoiceOfAxes() {
    Shape whole = Shape.of(2, 3, 5, 7);
    for (int axes = 0; axes < 16; axes++) {
      Values x = Values.random(new SplittableRandom(axes), whole);
      Shape folded = whole;
      for (int axis = 0; axis < 4; axis++) {
        folded = (axes >> axis & 1) == 1 ? folded.with(axis, 1) : folded;
      }
      reduces(whole, folded, x, axes);
    }
    reduces(
        Shape.of(5003), Shape.of(1), Values.random(new SplittableRandom(20), Shape.of(5003)), 20);
    Shape tall = Shape.of(2, 700, 3);
    reduces(tall, Shape.of(2, 1, 3), Values.random(new SplittableRandom(21), tall), 21);
    Shape deep = Shape.of(2, 3, 2, 3, 2);
    reduces(deep, Shape.of(1, 3, 1, 3, 1), Values.random(new SplittableRandom(22), deep), 22);
    reduces(Shape.of(), Shape.of(), Values.of(Shape.of(), 3), 23);
  }

  private void reduces(Shape whole, Shape folded, Values x, long seed) {
    long terms = whole.size() / folded.size();
    String what = " of " + whole + " to " + folded;
    comparison().agreesInSum("SUM" + what, seed, terms, reduce(Reduction.SUM), folded, x);
    comparison().agreesInSum("MEAN" + what, seed, terms, reduce(Reduction.MEAN), folded, x);
    comparison().agrees("MAX" + what, seed, 0, reduce(Reduction.MAX), folded, x);
  }

  @Test
  default void reductionsHaveTheirKnownValues() {
    Values x = Values.of(Shape.of(2, 3), -1, -2, -6, 4, 5, 9);
    Values[] columns = {
      Values.of(Shape.of(1, 3), 3, 3, 3),
      Values.of(Shape.of(1, 3), 1.5, 1.5, 1.5),
      Values.of(Shape.of(1, 3), 4, 5, 9)
    };
    Values[] rows = {
      Values.of(Shape.of(2, 1), -9, 18),
      Values.of(Shape.of(2, 1), -3, 6),
      Values.of(Shape.of(2, 1), -1, 9)
    };
    for (Reduction kind : Reduction.values()) {
      comparison().gives(kind + " of columns", columns[kind.ordinal()], reduce(kind), x);
      comparison().gives(kind + " of rows", rows[kind.ordinal()], reduce(kind), x);
    }
  }

  @Test
  default void aSoftmaxIsTheReferencesOverTheLastAxis() {
    Shape[] shapes = {
      Shape.of(1),
      Shape.of(9),
      Shape.of(4, 10),
      Shape.of(2, 3, 5, 7),
      Shape.of(2, 1000),
      Shape.of(6, 1)
    };
    for (int seed = 0; seed < shapes.length; seed++) {
      Values x = Values.random(new SplittableRandom(seed), shapes[seed]).map(v -> v * 8);
      double relative = 32 * comparison().unit;
      comparison()
          .agrees(
              "softmax " + shapes[seed],
              seed,
              relative,
              (b, in, y) -> b.softmax(in[0], y),
              shapes[seed],
              x);
    }
  }

  @Test
  default void aSoftmaxOfLargeNumbersDependsOnTheirDifferencesAlone() {
    double e = Math.E;
    double sum = 1 + e + e * e;
    Values x = Values.of(Shape.of(3, 3), 1000, 1001, 1002, -1e6, -999999, -999998, 0, 0, 1e30);
    Values y =
        Values.of(
            Shape.of(3, 3), 1 / sum, e / sum, e * e / sum, 1 / sum, e / sum, e * e / sum, 0, 0, 1);
    comparison().gives("softmax", y, (b, in, out) -> b.softmax(in[0], out), x);
  }
}
