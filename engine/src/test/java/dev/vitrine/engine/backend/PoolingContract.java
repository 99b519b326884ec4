package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.reference.ReferenceBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Max pooling with its switches, average pooling, and the way back through both. */
interface PoolingContract extends ContractSection {

  /** A pooling with arrays that fit it. */
  record Pooling(Window window, Shape x, Shape y, long seed) {

    static Pooling of(Window w, long seed, int n, int height, int width, int channels) {
      return new Pooling(
          w,
          Shape.of(n, height, width, channels),
          Shape.of(n, w.outputH(height), w.outputW(width), channels),
          seed);
    }

    /** The usual ones, the corners, then random ones; none with a window wholly in padding. */
    static List<Pooling> all() {
      List<Pooling> all = new ArrayList<>();
      all.add(of(Window.of(2, 2, 2, 2), 1, 2, 8, 8, 16));
      all.add(of(Window.of(2, 2, 2, 2), 2, 1, 7, 5, 3)); // leaves a rest
      all.add(of(Window.of(3, 3, 2, 2), 3, 1, 13, 13, 8)); // overlaps
      all.add(of(Window.of(3, 3, 2, 2).padded(0, 0, 1, 1), 4, 2, 8, 8, 5)); // Keras' "same"
      all.add(of(Window.of(3, 3, 1, 1).padded(1, 1, 1, 1), 5, 1, 1, 1, 1)); // one pixel
      all.add(of(Window.of(5, 7, 1, 1).padded(3, 4, 2, 3), 6, 1, 2, 3, 17)); // larger than image
      all.add(of(Window.of(6, 6, 6, 6), 7, 3, 6, 6, 10)); // global
      all.add(of(Window.of(1, 1, 3, 2), 8, 1, 7, 6, 2)); // picks
      all.add(of(Window.of(2, 2, 3, 3), 9, 1, 8, 9, 4)); // gaps
      for (int seed = 100; all.size() < 45; seed++) {
        SplittableRandom random = new SplittableRandom(seed);
        Window w = ConvolutionCase.window(random, 4);
        int height = random.nextInt(1, 11);
        int width = random.nextInt(1, 11);
        if (seesPixels(w, height, width)) {
          all.add(of(w, seed, random.nextInt(1, 4), height, width, random.nextInt(1, 20)));
        }
      }
      return all;
    }

    /** Whether the window fits and has something of the image under it wherever it is placed. */
    private static boolean seesPixels(Window w, int height, int width) {
      if (w.outputH(height) < 1 || w.outputW(width) < 1) {
        return false;
      }
      Pooling p = of(w, 0, 1, height, width, 1);
      Values ones = Values.of(p.x, new double[height * width]).map(v -> 1);
      ConvolutionCase count = ConvolutionCase.of(new Convolution(w, 1), 0, 1, height, width, 1, 1);
      try (Backend reference = new ReferenceBackend()) {
        Buffer x = Comparison.upload(reference, ones);
        Buffer kernel = reference.alloc(count.kernel());
        reference.fill(kernel, 1);
        Buffer y = reference.alloc(p.y);
        reference.convolution(count.convolution(), x, kernel, null, PostOp.NONE, y);
        return Arrays.stream(Comparison.download(reference, y).data()).allMatch(v -> v > 0);
      }
    }
  }

  private static Pooling row(Window window, int width) {
    return Pooling.of(window, 0, 1, 1, width, 1);
  }

  private static Comparison.Operation max(Window window) {
    return (b, in, y) -> b.maxPool(window, in[0], null, y);
  }

  private static Comparison.Operation average(Window window) {
    return (b, in, y) -> b.averagePool(window, in[0], y);
  }

  private static Comparison.Operation averageBackward(Window window) {
    return (b, in, y) -> b.averagePoolBackward(window, in[0], y);
  }

  /** Pools x on the way, for its switches. */
  private static Comparison.Operation maxBackward(Pooling p, Values x) {
    return (b, in, gradX) -> {
      Buffer input = Comparison.upload(b, x);
      Buffer output = b.alloc(p.y);
      Buffer switches = b.allocSwitches(p.window, p.y);
      b.maxPool(p.window, input, switches, output);
      b.release(input);
      b.release(output);
      b.maxPoolBackward(p.window, in[0], switches, gradX);
      b.release(switches);
    };
  }

  /** The linear map that max pooling is near x: it picks the winners of x. */
  private static Comparison.Operation pick(Pooling p, int[] switches) {
    return (b, in, y) -> {
      double[] from = Comparison.download(b, in[0]).data();
      double[] picked = new double[switches.length];
      for (int i = 0; i < picked.length; i++) {
        picked[i] = from[winner(p, switches, i)];
      }
      b.upload(y, 0, picked, 0, picked.length);
    };
  }

  /** Where the winner of output element i lies in the input. */
  private static int winner(Pooling p, int[] switches, int i) {
    Window w = p.window;
    int channel = i % p.y.dim(3);
    int column = i / p.y.dim(3) % p.y.dim(2);
    int row = i / p.y.dim(3) / p.y.dim(2) % p.y.dim(1);
    int image = i / p.y.dim(3) / p.y.dim(2) / p.y.dim(1);
    int r = row * w.strideH() + switches[i] / w.kernelW() * w.dilationH() - w.padTop();
    int s = column * w.strideW() + switches[i] % w.kernelW() * w.dilationW() - w.padLeft();
    assertThat(r).as("row of a winner").isBetween(0, p.x.dim(1) - 1);
    assertThat(s).as("column of a winner").isBetween(0, p.x.dim(2) - 1);
    return ((image * p.x.dim(1) + r) * p.x.dim(2) + s) * p.x.dim(3) + channel;
  }

  private int[] switches(Pooling p, Values x) {
    return switches(comparison().backend, p, x);
  }

  private static int[] switches(Backend b, Pooling p, Values x) {
    Buffer input = Comparison.upload(b, x);
    Buffer output = b.alloc(p.y);
    Buffer switches = b.allocSwitches(p.window, p.y);
    try {
      b.maxPool(p.window, input, switches, output);
      return b.downloadSwitches(switches);
    } finally {
      b.release(input);
      b.release(output);
      b.release(switches);
    }
  }

  @Test
  default void maxPoolingIsTheReferencesToTheBitAndSoAreItsSwitches() {
    for (Pooling p : Pooling.all()) {
      Values x = Values.coarse(new SplittableRandom(p.seed), p.x).map(v -> v - 3); // has ties
      comparison().agrees("maxPool " + p, p.seed, 0, max(p.window), p.y, x);
      int[] expected = switches(comparison().reference, p, x);
      int[] found = switches(p, x);
      assertThat(found).as("switches of %s (seed %d)", p, p.seed).isEqualTo(expected);
      Values picked = comparison().run(pick(p, found), p.y, x);
      Comparison.same(
          "winners of " + p, p.seed, 0, comparison().run(max(p.window), p.y, x), picked);
    }
  }

  @Test
  default void theWayBackThroughTheSwitchesIsTheReferencesAndTheTranspose() {
    for (Pooling p : Pooling.all()) {
      SplittableRandom random = new SplittableRandom(p.seed);
      Values x = Values.distinct(random, p.x);
      Values gradY = Values.random(random, p.y);
      Values direction = Values.random(random, p.x);
      long overlaps = (long) p.window.kernelH() * p.window.kernelW();
      comparison()
          .agreesInSum("maxPoolBackward " + p, p.seed, overlaps, maxBackward(p, x), p.x, gradY);
      Comparison.Operation pick = pick(p, switches(p, x));
      var map = new Comparison.LinearMap(pick, maxBackward(p, x), pick, overlaps);
      comparison().adjoint("maxPool " + p, p.seed, map, direction, gradY);
      comparison().differentiates("maxPool " + p, p.seed, max(p.window), map, x, direction, gradY);
    }
  }

  @Test
  default void averagePoolingIsTheReferencesAndItsWayBackTheTranspose() {
    for (Pooling p : Pooling.all()) {
      SplittableRandom random = new SplittableRandom(p.seed);
      Values x = Values.random(random, p.x);
      Values gradY = Values.random(random, p.y);
      long terms = (long) p.window.kernelH() * p.window.kernelW();
      Comparison.Operation forward = average(p.window);
      Comparison.Operation backward = averageBackward(p.window);
      comparison().agreesInSum("averagePool " + p, p.seed, terms, forward, p.y, x);
      comparison().agreesInSum("averagePoolBackward " + p, p.seed, terms, backward, p.x, gradY);
      var map = new Comparison.LinearMap(forward, backward, forward, terms);
      Values direction = Values.random(random, p.x);
      comparison().adjoint("averagePool " + p, p.seed, map, x, gradY);
      comparison().differentiates("averagePool " + p, p.seed, forward, map, x, direction, gradY);
    }
  }

  @Test
  default void theFirstMaximumInReadingOrderWinsATie() {
    Pooling p = Pooling.of(Window.of(2, 2, 2, 2), 0, 1, 2, 4, 1);
    Values x = Values.of(p.x, 0, 5, 7, 7, 5, 5, 7, 7);
    assertThat(switches(p, x)).containsExactly(1, 0);
    Values gradX = Values.of(p.x, 0, 1, 2, 0, 0, 0, 0, 0);
    comparison().gives("winners", gradX, maxBackward(p, x), Values.of(p.y, 1, 2));
  }

  @Test
  default void paddingNeverWinsAndIsNotCounted() {
    Pooling p = row(Window.of(1, 2, 1, 1).padded(0, 1, 0, 1), 2);
    Values x = Values.of(p.x, -3, -5);
    comparison().gives("maximum", Values.of(p.y, -3, -3, -5), max(p.window), x);
    comparison().gives("average", Values.of(p.y, -3, -4, -5), average(p.window), x);
    assertThat(switches(p, x)).as("padding has its places in the window").containsExactly(1, 0, 0);
    Values gradY = Values.of(p.y, 1, 10, 100);
    comparison().gives("maximum, back", Values.of(p.x, 11, 100), maxBackward(p, x), gradY);
    comparison().gives("average, back", Values.of(p.x, 6, 105), averageBackward(p.window), gradY);
  }

  @Test
  default void aPoolingsStrideDilationAndUnequalPaddingPickTheRightPixels() {
    // Under the window lie x[1] alone, then x[1] and x[3]: along a row, then a column.
    Window row = new Window(1, 2, 1, 2, 1, 2, 0, 1, 0, 0);
    Window column = new Window(2, 1, 2, 1, 2, 1, 1, 0, 0, 0);
    picksTheRightPixels(Pooling.of(row, 0, 1, 1, 5, 1));
    picksTheRightPixels(Pooling.of(column, 0, 1, 5, 1, 1));
  }

  private void picksTheRightPixels(Pooling p) {
    Values x = Values.of(p.x, 9, 2, 9, 4, 9);
    Values gradY = Values.of(p.y, 1, 100);
    comparison().gives("maximum " + p, Values.of(p.y, 2, 4), max(p.window), x);
    comparison().gives("average " + p, Values.of(p.y, 2, 3), average(p.window), x);
    assertThat(switches(p, x)).as("switches of %s", p).containsExactly(1, 1);
    Values winners = Values.of(p.x, 0, 1, 0, 100, 0);
    comparison().gives("maximum, back " + p, winners, maxBackward(p, x), gradY);
    Values shares = Values.of(p.x, 0, 51, 0, 50, 0);
    comparison().gives("average, back " + p, shares, averageBackward(p.window), gradY);
  }

  @Test
  default void whatIsLeftOverAtTheEndGetsNothing() {
    Pooling p = row(Window.of(1, 2, 1, 2), 5);
    Values x = Values.of(p.x, 1, 2, 4, 3, 100);
    Values gradY = Values.of(p.y, 6, 8);
    comparison().gives("maximum", Values.of(p.y, 2, 4), max(p.window), x);
    comparison().gives("average", Values.of(p.y, 1.5, 3.5), average(p.window), x);
    comparison().gives("maximum, back", Values.of(p.x, 0, 6, 8, 0, 0), maxBackward(p, x), gradY);
    Values spread = Values.of(p.x, 3, 3, 4, 4, 0);
    comparison().gives("average, back", spread, averageBackward(p.window), gradY);
  }

  @Test
  default void aNanOrNegativeInfinityUnderTheWindowIsNotSwallowed() {
    double nan = Double.NaN;
    double low = Double.NEGATIVE_INFINITY;
    Pooling p = row(Window.of(1, 3, 1, 3), 12);
    Values x = Values.of(p.x, 1, nan, 2, nan, 5, nan, low, low, low, low, -1e30, low);
    comparison().gives("maximum", Values.of(p.y, nan, nan, low, -1e30), max(p.window), x);
    assertThat(switches(p, x)).as("the first NaN wins").containsExactly(1, 0, 0, 1);
    Values averages = Values.of(p.y, nan, nan, low, low);
    comparison().gives("average", averages, average(p.window), x);
  }
}
