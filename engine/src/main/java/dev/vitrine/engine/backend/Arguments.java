package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Checks of what a {@link Backend} is given, one for each operation, the same for every backend.
 * Each throws an {@link IllegalArgumentException} whose one line says which operation, what was
 * found and what was expected.
 */
public final class Arguments {
  private Arguments() {}

  // ---- memory ----

  /** A buffer holds at least one element, and no more than Java can index. */
  public static void alloc(Shape shape) {
    if (shape.size() < 1 || shape.size() > Integer.MAX_VALUE) {
      throw refused("alloc: shape %s must have between 1 and 2147483647 elements", shape);
    }
  }

  /** Reshaping keeps the number of elements. */
  public static void reshape(Shape from, Shape to) {
    if (from.size() != to.size()) {
      throw refused("reshape: %s has %s elements, %s has %s", from, from.size(), to, to.size());
    }
  }

  /** An upload or download stays inside the buffer and inside the Java array. */
  public static void transfer(
      String operation, Shape shape, long offset, int arrayLength, int at, int count) {
    if (offset < 0 || at < 0 || count < 0) {
      throw refused(
          "%s: offset %s, position %s and count %s must not be negative",
          operation, offset, at, count);
    }
    if (count > shape.size() - offset) {
      throw refused(
          "%s: %s elements from %s on do not fit the %s of buffer %s",
          operation, count, offset, shape.size(), shape);
    }
    if (count > arrayLength - at) {
      throw refused(
          "%s: %s elements from %s on do not fit the array of length %s",
          operation, count, at, arrayLength);
    }
  }

  // ---- convolution and matrix product ----

  /** Of {@link Backend#convolution}; {@code bias} may be null. */
  public static void convolution(Convolution c, Shape x, Shape kernel, Shape bias, Shape y) {
    convolution("convolution", c, "x", x, "kernel", kernel, "y", y);
    bias("convolution", bias, y.dim(3));
  }

  /** Of {@link Backend#convolutionBackwardData}. */
  public static void convolutionBackwardData(
      Convolution c, Shape gradY, Shape kernel, Shape gradX) {
    convolution("convolutionBackwardData", c, "gradX", gradX, "kernel", kernel, "gradY", gradY);
  }

  /** Of {@link Backend#convolutionBackwardWeights}. */
  public static void convolutionBackwardWeights(
      Convolution c, Shape x, Shape gradY, Shape gradKernel) {
    convolution("convolutionBackwardWeights", c, "x", x, "gradKernel", gradKernel, "gradY", gradY);
  }

  private static void convolution(
      String operation,
      Convolution c,
      String xName,
      Shape x,
      String kernelName,
      Shape kernel,
      String yName,
      Shape y) {
    rank(operation, xName, x, 4);
    rank(operation, kernelName, kernel, 4);
    rank(operation, yName, y, 4);
    int groups = c.groups();
    if (x.dim(3) % groups != 0 || kernel.dim(3) % groups != 0) {
      throw refused(
          "%s: %s groups do not divide the channels of %s %s and %s %s",
          operation, groups, xName, x, kernelName, kernel);
    }
    Window w = c.window();
    if (!kernel.is(w.kernelH(), w.kernelW(), x.dim(3) / groups, kernel.dim(3))) {
      throw refused(
          "%s: %s is %s, %s %s with %s group(s) needs %s",
          operation,
          kernelName,
          kernel,
          xName,
          x,
          groups,
          Shape.of(w.kernelH(), w.kernelW(), x.dim(3) / groups, kernel.dim(3)));
    }
    windowed(operation, w, xName, x, yName, y, kernel.dim(3));
  }

  /** Of {@link Backend#matmul}; {@code bias} may be null. */
  public static void matmul(
      Shape a, boolean transposeA, Shape b, boolean transposeB, Shape bias, Shape y) {
    rank("matmul", "a", a, 2);
    rank("matmul", "b", b, 2);
    int inner = a.dim(transposeA ? 0 : 1);
    if (inner != b.dim(transposeB ? 1 : 0)) {
      throw refused(
          "matmul: a %s%s has %s columns, b %s%s has %s rows",
          a,
          (transposeA ? " transposed" : ""),
          inner,
          b,
          (transposeB ? " transposed" : ""),
          b.dim(transposeB ? 1 : 0));
    }
    same("matmul", "y", y, Shape.of(a.dim(transposeA ? 1 : 0), b.dim(transposeB ? 0 : 1)));
    bias("matmul", bias, y.dim(1));
  }

  private static void bias(String operation, Shape bias, int channels) {
    if (bias != null && !bias.is(channels)) {
      same(operation, "bias", bias, Shape.of(channels));
    }
  }

  // ---- element by element ----

  /** Of {@link Backend#unary}. */
  public static void unary(Shape x, Shape y) {
    same("unary", "y", y, x);
  }

  /** Of {@link Backend#binary}. */
  public static void binary(Shape a, Shape b, Shape y) {
    same("binary", "y", y, Shape.broadcast(a, b));
  }

  /** Of {@link Backend#reduce}. */
  public static void reduce(Shape x, Shape y) {
    rank("reduce", "y", y, x.rank());
    for (int i = 0; i < x.rank(); i++) {
      if (y.dim(i) != x.dim(i) && y.dim(i) != 1) {
        throw refused("reduce: y is %s, axis %s of x %s needs %s or 1", y, i, x, x.dim(i));
      }
    }
  }

  /** Of {@link Backend#softmax}. */
  public static void softmax(Shape x, Shape y) {
    if (x.rank() < 1) {
      throw refused("softmax: x is a scalar, it needs an axis to sum over");
    }
    same("softmax", "y", y, x);
  }

  // ---- pooling ----

  /** Of {@link Backend#maxPool}; {@code switches} may be null. */
  public static void maxPool(Window window, Shape x, Shape switches, Shape y) {
    pool("maxPool", window, "x", x, "y", y);
    if (switches != null) {
      same("maxPool", "switches", switches, y);
    }
  }

  /** Of {@link Backend#maxPoolBackward}. */
  public static void maxPoolBackward(Window window, Shape gradY, Shape switches, Shape gradX) {
    pool("maxPoolBackward", window, "gradX", gradX, "gradY", gradY);
    same("maxPoolBackward", "switches", switches, gradY);
  }

  /** Of {@link Backend#averagePool}. */
  public static void averagePool(Window window, Shape x, Shape y) {
    pool("averagePool", window, "x", x, "y", y);
  }

  /** Of {@link Backend#averagePoolBackward}. */
  public static void averagePoolBackward(Window window, Shape gradY, Shape gradX) {
    pool("averagePoolBackward", window, "gradX", gradX, "gradY", gradY);
  }

  private static void pool(
      String operation, Window w, String xName, Shape x, String yName, Shape y) {
    rank(operation, xName, x, 4);
    rank(operation, yName, y, 4);
    windowed(operation, w, xName, x, yName, y, x.dim(3));
    if (!seesPixels(y.dim(1), x.dim(1), w.kernelH(), w.strideH(), w.dilationH(), w.padTop())
        || !seesPixels(y.dim(2), x.dim(2), w.kernelW(), w.strideW(), w.dilationW(), w.padLeft())) {
      throw refused(
          "%s: %s lies wholly in the padding of %s %s somewhere; it needs less padding",
          operation, w, xName, x);
    }
  }

  /** Whether every placement of a window along one axis has an element inside the image. */
  private static boolean seesPixels(
      int out, int in, int kernel, int stride, int dilation, int padding) {
    for (int i = 0; i < out; i++) {
      int start = i * stride - padding;
      int firstInside = start >= 0 ? 0 : -Math.floorDiv(start, dilation);
      if (firstInside >= kernel || start + firstInside * dilation >= in) {
        return false;
      }
    }
    return true;
  }

  private static void windowed(
      String operation, Window w, String xName, Shape x, String yName, Shape y, int channels) {
    int h = w.outputH(x.dim(1));
    int width = w.outputW(x.dim(2));
    if (h < 1 || width < 1) {
      throw refused(
          "%s: a window that spans %s x %s does not fit %s %s with paddings of %s, %s, %s, %s",
          operation,
          w.spanH(),
          w.spanW(),
          xName,
          x,
          w.padTop(),
          w.padLeft(),
          w.padBottom(),
          w.padRight());
    }
    if (!y.is(x.dim(0), h, width, channels)) {
      same(operation, yName, y, Shape.of(x.dim(0), h, width, channels));
    }
  }

  // ---- moving data ----

  /** Of {@link Backend#pad}. */
  public static void pad(Shape x, int[] before, Shape y) {
    block("pad", "x", x, before, "y", y);
  }

  /** Of {@link Backend#slice}. */
  public static void slice(Shape x, int[] start, Shape y) {
    block("slice", "y", y, start, "x", x);
  }

  private static void block(
      String operation, String name, Shape block, int[] at, String wholeName, Shape whole) {
    boolean fits = block.rank() == whole.rank() && at.length == whole.rank();
    for (int i = 0; fits && i < at.length; i++) {
      fits = at[i] >= 0 && at[i] <= whole.dim(i) - block.dim(i);
    }
    if (!fits) {
      throw refused(
          "%s: %s %s at %s does not fit %s %s",
          operation, name, block, Arrays.toString(at), wholeName, whole);
    }
  }

  /** Of {@link Backend#concat}. */
  public static void concat(List<Shape> x, int axis, Shape y) {
    if (x.isEmpty() || axis < 0 || axis >= y.rank()) {
      throw refused(
          "concat: %s arrays along axis %s of y %s; it needs one or more and an axis of y",
          x.size(), axis, y);
    }
    int sum = 0;
    for (Shape part : x) {
      if (part.rank() != y.rank() || !part.with(axis, y.dim(axis)).equals(y)) {
        throw refused("concat: %s does not lie in y %s along axis %s", part, y, axis);
      }
      sum = Math.addExact(sum, part.dim(axis));
    }
    if (sum != y.dim(axis)) {
      throw refused(
          "concat: %s have %s together along axis %s, y %s has %s", x, sum, axis, y, y.dim(axis));
    }
  }

  // ---- geometry ----

  /** Of {@link Backend#resample}. */
  public static void resample(Shape x, Shape y) {
    image("resample", "x", x, "y", y);
  }

  /** Of {@link Backend#resampleBackward}. */
  public static void resampleBackward(Shape gradY, Shape gradX) {
    image("resampleBackward", "gradY", gradY, "gradX", gradX);
  }

  /** Of {@link Backend#warp}. */
  public static void warp(Shape x, Shape y) {
    image("warp", "x", x, "y", y);
  }

  /** Of {@link Backend#warpBackward}. */
  public static void warpBackward(Shape gradY, Shape gradX) {
    image("warpBackward", "gradY", gradY, "gradX", gradX);
  }

  private static void image(String operation, String fromName, Shape from, String name, Shape to) {
    rank(operation, fromName, from, 4);
    rank(operation, name, to, 4);
    if (from.dim(0) != to.dim(0) || from.dim(3) != to.dim(3)) {
      throw refused(
          "%s: %s is %s, %s %s needs the same number of images and channels",
          operation, name, to, fromName, from);
    }
  }

  // ---- learning ----

  /** Of {@link Backend#adam}. */
  public static void adam(Shape grad, Shape m, Shape v, Shape x) {
    same("adam", "grad", grad, x);
    same("adam", "m", m, x);
    same("adam", "v", v, x);
  }

  // ---- repeating ----

  /**
   * A repeated step leaves as many live bytes as it found.
   *
   * @throws IllegalStateException if it does not
   */
  public static void repeated(long liveBefore, long liveAfter) {
    if (liveBefore != liveAfter) {
      throw new IllegalStateException(
          "repeat: the step leaves %,d live bytes, it found %,d; after its first run it must give"
                  .formatted(liveAfter, liveBefore)
              + " back what it allocates, and nothing else");
    }
  }

  private static void rank(String operation, String name, Shape shape, int rank) {
    if (shape.rank() != rank) {
      throw refused("%s: %s is %s, it needs %s axes", operation, name, shape, rank);
    }
  }

  private static void same(String operation, String name, Shape found, Shape expected) {
    if (!found.equals(expected)) {
      throw refused("%s: %s is %s, it should be %s", operation, name, found, expected);
    }
  }

  private static IllegalArgumentException refused(String format, Object... arguments) {
    return new IllegalArgumentException(String.format(Locale.ROOT, format, arguments));
  }
}
