package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.reference.ReferenceBackend;
import dev.vitrine.kernels.device.Order;
import dev.vitrine.kernels.played.PlayedDevice;
import dev.vitrine.kernels.played.Sanitizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Every kernel against the reference on seeded random shapes: one element, sizes around those of
 * blocks and vectors, images in both orders and both at once, work that is shared by many blocks.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class KernelsTest {
  private static final double UNIT = 0x1p-24;

  private final Backend reference = new ReferenceBackend();
  private List<Backend> backends;

  @BeforeAll
  void openBackends() {
    backends = List.of(open(Order.PLAIN), open(Order.CHANNELS_FIRST));
  }

  /** Without a library's convolutions, and with memory in which a byte too far is seen. */
  private static Backend open(Order images) {
    PlayedDevice device = new PlayedDevice(Sanitizer.ADDRESS, 1L << 30, false);
    return new CudaBackend(device, images, LongUnaryOperator.identity());
  }

  @AfterAll
  void closeBackends() {
    if (backends != null) {
      backends.forEach(Backend::close);
    }
  }

  // ---- comparison ----

  /** An operation that makes one array from others. */
  private interface Operation {
    void run(Backend backend, Buffer[] x, Buffer y);
  }

  /**
   * Holds the backends to the reference: images once in a backend's own order and once with the
   * inputs in plain order, other arrays on one backend.
   *
   * @param relative the tolerance, relative to the largest element or to 1
   */
  private void agrees(
      String what, long seed, double relative, Operation operation, Shape y, Shape... x) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] inputs = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      inputs[i] = random.doubles(x[i].size(), -2, 2).map(v -> (float) v).toArray();
    }
    agrees(what, seed, relative, operation, y, x, inputs);
  }

  private void agrees(
      String what,
      long seed,
      double relative,
      Operation operation,
      Shape y,
      Shape[] x,
      double[][] inputs) {
    double[] expected = run(reference, operation, y, x, inputs, false);
    double largest =
        Arrays.stream(expected).map(Math::abs).filter(Double::isFinite).max().orElse(0);
    double tolerance = relative * Math.max(1, largest);
    boolean images = Arrays.stream(x).anyMatch(shape -> shape.rank() == 4);
    for (Backend backend : images ? backends : backends.subList(0, 1)) {
      for (boolean plain : images ? new boolean[] {false, true} : new boolean[] {false}) {
        double[] found = run(backend, operation, y, x, inputs, plain);
        String where = ((CudaBackend) backend).images + (plain ? ", inputs plain" : "");
        same(
            what + " " + Arrays.toString(x) + " to " + y + ", " + where,
            seed,
            tolerance,
            expected,
            found);
      }
    }
  }

  private static void same(
      String what, long seed, double tolerance, double[] expected, double[] found) {
    StringBuilder pairs = new StringBuilder();
    double largest = 0;
    int wrong = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - found[i]);
      boolean both = Double.isNaN(expected[i]) && Double.isNaN(found[i]);
      if (expected[i] != found[i] && !both && !(error <= tolerance)) {
        largest = Math.max(largest, error);
        if (wrong++ < 5) {
          pairs.append("%n  at %d: expected %s, found %s".formatted(i, expected[i], found[i]));
        }
      }
    }
    assertThat(wrong)
        .as(
            "%s (seed %d): differ by up to %s, more than %s:%s",
            what, seed, largest, tolerance, pairs)
        .isZero();
  }

  private static double[] run(
      Backend b, Operation operation, Shape yShape, Shape[] x, double[][] inputs, boolean plain) {
    Buffer[] in = new Buffer[x.length];
    for (int i = 0; i < x.length; i++) {
      in[i] = b.alloc(x[i]);
      b.upload(in[i], 0, inputs[i], 0, inputs[i].length);
      if (plain) { // a handle of another shape makes the array lie plainly for good
        b.release(b.reshape(in[i], Shape.of((int) x[i].size())));
      }
    }
    Buffer y = b.alloc(yShape);
    b.fill(y, Double.NaN);
    operation.run(b, in, y);
    double[] data = new double[(int) yShape.size()];
    b.download(y, 0, data, 0, data.length);
    b.release(y);
    Arrays.stream(in).forEach(b::release);
    return data;
  }

  private static Shape shape(SplittableRandom random, int rank, int... extents) {
    return Shape.of(random.ints(rank, 0, extents.length).map(i -> extents[i]).toArray());
  }

  // ---- element by element ----

  @Test
  void functionsOfElementsAreTheReferencesAtEverySize() {
    int[] sizes = {1, 2, 3, 4, 5, 255, 256, 257, 1020, 1023, 1024, 1025, 1028, 2052};
    for (Unary kind : Unary.values()) {
      int size = sizes[kind.ordinal() % sizes.length];
      boolean positive = kind == Unary.LOG || kind == Unary.SQRT;
      for (int n : new int[] {size, sizes[(kind.ordinal() + 7) % sizes.length]}) {
        Operation operation =
            (b, x, y) -> {
              if (positive) {
                Buffer square = b.alloc(y.shape());
                b.unary(Unary.SQUARE, 0, 0, x[0], square);
                b.unary(kind, 2, 0.5, square, y);
                b.release(square);
              } else {
                b.unary(kind, 2, 0.5, x[0], y);
              }
            };
        agrees(kind.toString(), n, 32 * UNIT, operation, Shape.of(n), Shape.of(n));
      }
    }
    for (int n : sizes) {
      agrees("fill", n, 0, (b, x, y) -> b.fill(y, 0.5), Shape.of(n), Shape.of(1));
    }
  }

  @Test
  void functionsOfImagesAreTheReferencesInEveryOrder() {
    for (int channels : new int[] {1, 3, 4, 12}) {
      Shape image = Shape.of(2, 5, 6, channels);
      for (Unary kind : List.of(Unary.RELU, Unary.TANH)) {
        agrees(
            kind.toString(),
            channels,
            32 * UNIT,
            (b, x, y) -> b.unary(kind, 0, 0, x[0], y),
            image,
            image);
      }
    }
  }

  @Test
  void functionsOfPairsAreTheReferencesUnderEveryBroadcasting() {
    for (int seed = 0; seed < 120; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] whole = shape(random, random.nextInt(7), 1, 2, 3, 4, 5, 8).dims();
      int[] a = whole.clone();
      int[] b = whole.clone();
      for (int axis = 0; axis < whole.length; axis++) {
        int which = random.nextInt(5);
        a[axis] = which == 0 ? 1 : a[axis];
        b[axis] = which == 1 ? 1 : b[axis];
      }
      int cut = random.nextInt(3) == 0 && whole.length > 0 ? random.nextInt(whole.length) : 0;
      Shape first = Shape.of(a);
      Shape second = Shape.of(Arrays.copyOfRange(b, cut, b.length));
      Shape y = Shape.broadcast(first, second);
      Binary kind = Binary.values()[seed % Binary.values().length];
      Operation operation = (on, x, to) -> on.binary(kind, x[0], x[1], to);
      agrees(kind.toString(), seed, 4 * UNIT, operation, y, first, second);
    }
  }

  @Test
  void theBiasAndReluAfterAConvolutionAreTheReferences() {
    Convolution one = new Convolution(Window.of(1, 1, 1, 1), 1);
    for (int channels : new int[] {1, 3, 4, 8, 12}) {
      for (int width : new int[] {1, 2, 5, 8}) {
        Shape x = Shape.of(2, 2, width, 3);
        Operation operation = (b, in, y) -> b.convolution(one, in[0], in[1], in[2], PostOp.RELU, y);
        Shape kernel = Shape.of(1, 1, 3, channels);
        Shape y = x.with(3, channels);
        agrees("bias", channels, 16 * UNIT, operation, y, x, kernel, Shape.of(channels));
      }
    }
  }

  // ---- reductions ----

  @Test
  void reductionsAreTheReferencesOverAnyAxes() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Shape x = shape(random, 1 + seed % 6, 1, 2, 3, 4, 7);
      Shape y = x;
      for (int axis = 0; axis < x.rank(); axis++) {
        y = random.nextBoolean() ? y.with(axis, 1) : y;
      }
      reduces(Reduction.values()[seed % 3], seed, x, y);
    }
  }

  @Test
  void longReductionsAreSharedByBlocksAndAreTheReferences() {
    reduces(Reduction.SUM, 1, Shape.of(100_003), Shape.of(1));
    reduces(Reduction.MEAN, 2, Shape.of(3, 20_000, 2), Shape.of(3, 1, 2));
    reduces(Reduction.MAX, 3, Shape.of(40_001, 3), Shape.of(1, 3));
    reduces(Reduction.SUM, 4, Shape.of(2, 30_000), Shape.of(2, 1));
    reduces(Reduction.MEAN, 5, Shape.of(1, 7, 7, 20), Shape.of(1, 1, 1, 20));
    reduces(Reduction.SUM, 6, Shape.of(2, 33, 35), Shape.of(2, 1, 35));
  }

  private void reduces(Reduction kind, long seed, Shape x, Shape y) {
    double terms = (double) x.size() / y.size();
    double relative = kind == Reduction.MAX ? 0 : UNIT * (4 + 2 * Math.sqrt(terms)) * 2;
    // Relative to the sum of the terms' magnitudes, which are 1 on average.
    double scale = kind == Reduction.SUM ? terms : 1;
    agrees(kind.toString(), seed, relative * scale, (b, in, to) -> b.reduce(kind, in[0], to), y, x);
  }

  @Test
  void softmaxIsTheReferencesForFewAndManyClasses() {
    for (int classes : new int[] {1, 2, 31, 32, 33, 255, 257, 1000}) {
      Shape x = Shape.of(2, classes);
      agrees("softmax", classes, 32 * UNIT, (b, in, y) -> b.softmax(in[0], y), x, x);
    }
    for (Shape x : List.of(Shape.of(2, 3, 2, 37), Shape.of(1, 6, 6, 40), Shape.of(5))) {
      agrees("softmax", 7, 32 * UNIT, (b, in, y) -> b.softmax(in[0], y), x, x);
    }
  }

  // ---- pooling ----

  @Test
  void poolingIsTheReferencesWithAndWithoutVectors() {
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Window w = window(random);
      int height = w.spanH() + random.nextInt(9);
      int width = w.spanW() + random.nextInt(9);
      int channels = new int[] {1, 3, 4, 8, 12}[seed % 5];
      pools(w, seed, Shape.of(1 + seed % 3, height, width, channels));
    }
  }

  @Test
  void switchesOfAWindowOfMoreThan256ElementsAreKeptToo() {
    Window w = Window.of(17, 16, 3, 2);
    pools(w, 1, Shape.of(1, 23, 20, 4));
    pools(w, 2, Shape.of(2, 20, 21, 3));
  }

  private void pools(Window w, long seed, Shape x) {
    Shape y = Shape.of(x.dim(0), w.outputH(x.dim(1)), w.outputW(x.dim(2)), x.dim(3));
    double relative = 64 * UNIT;
    agrees("max " + w, seed, 0, (b, in, to) -> b.maxPool(w, in[0], null, to), y, x);
    agrees("average " + w, seed, relative, (b, in, to) -> b.averagePool(w, in[0], to), y, x);
    agrees(
        "average, back " + w,
        seed,
        relative,
        (b, in, to) -> b.averagePoolBackward(w, in[0], to),
        x,
        y);
    Operation throughSwitches =
        (b, in, gradX) -> {
          Buffer pooled = b.alloc(y);
          Buffer switches = b.allocSwitches(w, y);
          b.maxPool(w, in[0], switches, pooled);
          b.maxPoolBackward(w, in[1], switches, gradX);
          b.release(pooled);
          b.release(switches);
        };
    agrees("max, back " + w, seed, relative, throughSwitches, x, x, y);
  }

  /** No padding as wide as the kernel's span, so that every window sees a pixel. */
  private static Window window(SplittableRandom random) {
    int kernelH = random.nextInt(1, 5);
    int kernelW = random.nextInt(1, 5);
    return new Window(
        kernelH,
        kernelW,
        random.nextInt(1, 4),
        random.nextInt(1, 4),
        random.nextInt(1, 3),
        random.nextInt(1, 3),
        random.nextInt(kernelH),
        random.nextInt(kernelW),
        random.nextInt(kernelH),
        random.nextInt(kernelW));
  }

  // ---- moving data ----

  @Test
  void blocksAreMovedIntoAndOutOfArraysOfAnyRank() {
    for (int seed = 0; seed < 80; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Shape small = shape(random, 1 + seed % 6, 1, 2, 3, 4, 8);
      int[] before = shape(random, small.rank(), 0, 0, 1, 4, 5).dims();
      int[] extents = small.dims();
      for (int i = 0; i < extents.length; i++) {
        extents[i] += before[i] + random.nextInt(3) * (before[i] == 0 ? 2 : 4);
      }
      Shape large = Shape.of(extents);
      if (large.size() > 30_000) {
        continue;
      }
      String at = " at " + Arrays.toString(before);
      agrees("pad" + at, seed, 0, (b, x, y) -> b.pad(x[0], before, -7.5, y), large, small);
      agrees("slice" + at, seed, 0, (b, x, y) -> b.slice(x[0], before, y), small, large);
    }
  }

  @Test
  void arraysAreSetSideBySideAlongAnyAxis() {
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Shape first = shape(random, 1 + seed % 5, 1, 2, 3, 4, 8);
      int axis = random.nextInt(first.rank());
      Shape[] parts = new Shape[1 + seed % 4];
      int sum = 0;
      for (int i = 0; i < parts.length; i++) {
        parts[i] = first.with(axis, new int[] {1, 3, 4, 8}[random.nextInt(4)]);
        sum += parts[i].dim(axis);
      }
      Operation concat = (b, x, y) -> b.concat(List.of(x), axis, y);
      agrees("concat along " + axis, seed, 0, concat, first.with(axis, sum), parts);
    }
  }

  @Test
  void anImageChangesItsOrderTileByTile() {
    for (int[] s : new int[][] {{1, 4, 4, 16}, {2, 5, 7, 33}, {1, 8, 8, 64}, {3, 1, 65, 31}}) {
      Shape image = Shape.of(s);
      Shape flat = Shape.of((int) image.size());
      Operation reshaped =
          (b, x, y) -> {
            Buffer handle = b.reshape(x[0], flat);
            b.pad(handle, new int[] {0}, 0, y);
            b.release(handle);
          };
      agrees("reshape", s[3], 0, reshaped, flat, image);
    }
  }

  // ---- geometry ----

  @Test
  void resamplingIsTheReferencesInBothDirections() {
    Interpolation[] kinds = Interpolation.values();
    for (int seed = 0; seed < 40; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Interpolation kind = kinds[seed % kinds.length];
      int channels = new int[] {1, 3, 4, 8}[random.nextInt(4)];
      int h = random.nextInt(1, 20);
      int w = random.nextInt(1, 20);
      Shape x = Shape.of(1 + seed % 2, h, w, channels);
      Shape y = x.with(1, random.nextInt(3) == 0 ? h : random.nextInt(1, 20));
      Shape to = y.with(2, random.nextInt(3) == 0 ? w : random.nextInt(1, 20));
      double relative = 64 * UNIT;
      agrees(kind.toString(), seed, relative, (b, in, out) -> b.resample(kind, in[0], out), to, x);
      agrees(
          kind + ", back",
          seed,
          relative,
          (b, in, out) -> b.resampleBackward(kind, in[0], out),
          x,
          to);
    }
  }

  @Test
  void warpingIsTheReferencesForAnyMap() {
    List<Affine> maps = new ArrayList<>();
    maps.add(new Affine(1, 0, 0, 0, 1, 0));
    maps.add(new Affine(0, 0, 2.25, 0, 0, 1.5)); // all look at one place
    maps.add(new Affine(1, 1, 0, 1, 1, 0.5)); // all look at one line
    maps.add(new Affine(1, 1, 0, 1, 1 + 1e-7, 0.5)); // nearly so
    maps.add(new Affine(0.05, 0, 0.25, 0, 0.03, 0.5)); // enlarges
    maps.add(new Affine(9, 0, -3, 0, 7, -2)); // shrinks
    maps.add(new Affine(1, 0, 1e30, 0, 1, -1e30));
    for (int seed = 0; seed < 25; seed++) {
      double[] m = new SplittableRandom(seed).doubles(6, -1.5, 1.5).toArray();
      maps.add(new Affine(m[0], m[1], 5 * m[2], m[3], m[4], 5 * m[5]));
    }
    for (int seed = 0; seed < maps.size(); seed++) {
      Affine map = maps.get(seed);
      SplittableRandom random = new SplittableRandom(seed);
      int channels = new int[] {1, 3, 4, 8}[seed % 4];
      Shape x = Shape.of(1 + seed % 2, random.nextInt(1, 9), random.nextInt(1, 9), channels);
      Shape y = Shape.of(x.dim(0), random.nextInt(1, 14), random.nextInt(1, 14), channels);
      // Coordinates of some tens are rounded to float32.
      double relative = 500 * UNIT;
      agrees(map.toString(), seed, relative, (b, in, to) -> b.warp(map, in[0], to), y, x);
      agrees(map + ", back", seed, relative, (b, in, to) -> b.warpBackward(map, in[0], to), x, y);
    }
  }

  // ---- learning ----

  @Test
  void adamIsTheReferencesAtEverySizeAndInEveryOrder() {
    AdamStep step = new AdamStep(0.05, 0.9, 0.999, 1e-3, 0.01, 3);
    Operation adam =
        (b, x, y) -> {
          Buffer v = b.alloc(x[1].shape());
          b.unary(Unary.SQUARE, 0, 0, x[1], v);
          b.unary(Unary.LINEAR, 1, 0, x[2], y);
          b.adam(step, x[0], x[1], v, y);
          b.binary(Binary.ADD, y, v, x[0]); // v and m count too
          b.binary(Binary.ADD, x[0], x[1], y);
          b.release(v);
        };
    for (int n : new int[] {1, 3, 4, 255, 1024, 1029}) {
      Shape flat = Shape.of(n);
      agrees("adam", n, 64 * UNIT, adam, flat, flat, flat, flat);
    }
    Shape image = Shape.of(2, 3, 5, 4);
    agrees("adam", 9, 64 * UNIT, adam, image, image, image, image);
  }
}
