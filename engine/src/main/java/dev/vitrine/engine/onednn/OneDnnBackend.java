package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Affine;
import dev.vitrine.engine.backend.Arguments;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.onednn.PoolingPlan.Kind;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * The CPU backend. Convolutions, matrix products, pooling and softmax are oneDNN's; what is memory
 * traffic and a little arithmetic is loops in Java. Arrays lie plainly, row-major, in float32,
 * outside the Java heap; frozen convolution kernels in the layouts that oneDNN asks for ({@link
 * Kernels}), or, where that is faster, in Winograd's form ({@link WinogradPlan}).
 *
 * <p>What is not a number stays so in every operation but one: a ReLU that is fused into a
 * convolution or a matrix product is {@code y > 0 ? y : 0} in oneDNN's code, and turns it to 0. In
 * Winograd's form it spreads over the tile of 4 by 4 outputs that it reaches, and infinity becomes
 * NaN.
 *
 * <p>Strict float32, and deterministic for a given machine and number of threads. {@code
 * OMP_NUM_THREADS} sets that number when the JVM starts.
 */
public final class OneDnnBackend extends OneDnnMemory {
  private final Primitives primitives;
  private final Convolutions convolutions;
  private final Products products;
  private final Elementwise elementwise;
  private final Pairs pairs;
  private final Reductions reductions = new Reductions();
  private final Pooling pooling;
  private final Moves moves;
  private final Geometry geometry;

  /**
   * Opens oneDNN on this machine's processor. {@code -Dvitrine.winograd=false} does without
   * Winograd's form: less memory, half the speed.
   */
  public OneDnnBackend() {
    this(
        Primitives.CAPACITY,
        Boolean.parseBoolean(System.getProperty("vitrine.winograd", "true")),
        Processor.threads());
  }

  /**
   * As the other, keeping at most this many primitives, with Winograd's form where it pays or
   * without it, and Java's loops on so many threads.
   */
  OneDnnBackend(int capacity, boolean winograd, int threads) {
    super(threads);
    primitives = new Primitives(library, capacity);
    convolutions = new Convolutions(library, memory, primitives, loops, kernels, winograd);
    products = new Products(library, memory, primitives);
    elementwise = new Elementwise(library, memory, primitives, loops);
    pairs = new Pairs(loops);
    pooling = new Pooling(library, memory, primitives, loops);
    moves = new Moves(library, memory, primitives);
    geometry = new Geometry(primitives, loops);
  }

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String description() {
    return Processor.description();
  }

  Primitives primitives() {
    return primitives;
  }

  @Override
  public void close() {
    if (!closed()) {
      primitives.close();
    }
    super.close();
  }

  @Override
  public void fill(Buffer target, double value) {
    elementwise.fill(written("fill", target), (float) value, size(target));
  }

  // ---- convolution and matrix product ----

  @Override
  public void convolution(
      Convolution convolution, Buffer x, Buffer kernel, Buffer bias, PostOp post, Buffer y) {
    Block to = written("convolution", y, x, kernel, bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.convolution(convolution, x.shape(), kernel.shape(), biasShape, y.shape());
    boolean ordinary =
        convolutions.forward(
            convolution,
            read("convolution", x),
            x.shape(),
            numbers("convolution", kernel).storage,
            kernel.shape(),
            bias == null ? null : read("convolution", bias),
            post,
            to);
    setOrdinary(y, ordinary);
  }

  @Override
  public void convolutionBackwardData(
      Convolution convolution, Buffer gradY, Buffer kernel, Buffer gradX) {
    Block to = written("convolutionBackwardData", gradX, gradY, kernel);
    Arguments.convolutionBackwardData(convolution, gradY.shape(), kernel.shape(), gradX.shape());
    Window window = convolution.window();
    Window reaching = Convolutions.reaching(window);
    if (!reaching.equals(window)) {
      Convolution narrower = new Convolution(reaching, convolution.groups());
      backwardFromWithin(narrower, window, gradY, kernel, gradX);
      return;
    }
    convolutions.backwardData(
        convolution,
        read("convolutionBackwardData", gradY),
        numbers("convolutionBackwardData", kernel).storage,
        kernel.shape(),
        to,
        gradX.shape());
  }

  /** Leaves out the places of a wider window that see nothing but its padding. */
  private void backwardFromWithin(
      Convolution convolution, Window wider, Buffer gradY, Buffer kernel, Buffer gradX) {
    Window w = convolution.window();
    Shape x = gradX.shape();
    Shape within =
        Shape.of(x.dim(0), w.outputH(x.dim(1)), w.outputW(x.dim(2)), gradY.shape().dim(3));
    Buffer seen = alloc(within);
    try {
      int[] start = {0, wider.padTop() - w.padTop(), wider.padLeft() - w.padLeft(), 0};
      slice(gradY, start, seen);
      convolutionBackwardData(convolution, seen, kernel, gradX);
    } finally {
      release(seen);
    }
  }

  @Override
  public void convolutionBackwardWeights(
      Convolution convolution, Buffer x, Buffer gradY, Buffer gradKernel) {
    Block to = written("convolutionBackwardWeights", gradKernel, x, gradY);
    Arguments.convolutionBackwardWeights(convolution, x.shape(), gradY.shape(), gradKernel.shape());
    convolutions.backwardWeights(
        convolution,
        read("convolutionBackwardWeights", x),
        x.shape(),
        read("convolutionBackwardWeights", gradY),
        to,
        gradKernel.shape());
  }

  @Override
  public void matmul(
      Buffer a,
      boolean transposeA,
      Buffer b,
      boolean transposeB,
      Buffer bias,
      PostOp post,
      Buffer y) {
    Block to = written("matmul", y, a, b, bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.matmul(a.shape(), transposeA, b.shape(), transposeB, biasShape, y.shape());
    products.multiply(
        new Products.Key(a.shape(), transposeA, b.shape(), transposeB, bias != null, post),
        read("matmul", a),
        read("matmul", b),
        bias == null ? null : read("matmul", bias),
        to);
  }

  // ---- element by element ----

  @Override
  public void unary(Unary kind, double alpha, double beta, Buffer x, Buffer y) {
    Block to = written("unary", y, x);
    Arguments.unary(x.shape(), y.shape());
    elementwise.unary(kind, alpha, beta, read("unary", x), to, size(y));
  }

  @Override
  public void binary(Binary kind, Buffer a, Buffer b, Buffer y) {
    Block to = written("binary", y, a, b);
    Arguments.binary(a.shape(), b.shape(), y.shape());
    pairs.binary(
        kind,
        Operand.of(read("binary", a), a.shape(), y.shape()),
        Operand.of(read("binary", b), b.shape(), y.shape()),
        to,
        size(y));
  }

  @Override
  public void reduce(Reduction kind, Buffer x, Buffer y) {
    Block to = written("reduce", y, x);
    Arguments.reduce(x.shape(), y.shape());
    reductions.reduce(kind, read("reduce", x), x.shape(), to, y.shape());
  }

  @Override
  public void softmax(Buffer x, Buffer y) {
    Block to = written("softmax", y, x);
    Arguments.softmax(x.shape(), y.shape());
    elementwise.softmax(read("softmax", x), x.shape(), to);
  }

  // ---- pooling ----

  @Override
  public Buffer allocSwitches(Window window, Shape y) {
    return alloc("allocSwitches", y, Switches.bytes(window), window);
  }

  @Override
  public void maxPool(Window window, Buffer x, Buffer switches, Buffer y) {
    Block to = written("maxPool", y, x, switches);
    Shape switchesShape = switches == null ? null : switches.shape();
    Arguments.maxPool(window, x.shape(), switchesShape, y.shape());
    Storage winners = switches == null ? null : switches("maxPool", window, switches);
    pooling.max(window, read("maxPool", x), x.shape(), ordinary(x), winners, to, y.shape());
  }

  @Override
  public void maxPoolBackward(Window window, Buffer gradY, Buffer switches, Buffer gradX) {
    Block to = written("maxPoolBackward", gradX, gradY, switches);
    Arguments.maxPoolBackward(window, gradY.shape(), switches.shape(), gradX.shape());
    pooling.run(
        Kind.MAX_BACKWARD,
        window,
        gradX.shape(),
        gradY.shape(),
        read("maxPoolBackward", gradY).pointer(),
        to.pointer(),
        switches("maxPoolBackward", window, switches).plain.pointer());
  }

  @Override
  public int[] downloadSwitches(Buffer switches) {
    return Switches.read(switches("downloadSwitches", null, switches), size(switches));
  }

  @Override
  public void averagePool(Window window, Buffer x, Buffer y) {
    Block to = written("averagePool", y, x);
    Arguments.averagePool(window, x.shape(), y.shape());
    Block from = read("averagePool", x);
    pooling.run(Kind.AVERAGE, window, x.shape(), y.shape(), from.pointer(), to.pointer());
  }

  @Override
  public void averagePoolBackward(Window window, Buffer gradY, Buffer gradX) {
    Block to = written("averagePoolBackward", gradX, gradY);
    Arguments.averagePoolBackward(window, gradY.shape(), gradX.shape());
    Block from = read("averagePoolBackward", gradY);
    pooling.run(
        Kind.AVERAGE_BACKWARD, window, gradX.shape(), gradY.shape(), from.pointer(), to.pointer());
  }

  // ---- moving data ----

  @Override
  public void pad(Buffer x, int[] before, double value, Buffer y) {
    Block to = written("pad", y, x);
    Arguments.pad(x.shape(), before, y.shape());
    elementwise.fill(to, (float) value, size(y));
    moves.copyInto(read("pad", x), x.shape(), before, to, y.shape());
  }

  @Override
  public void slice(Buffer x, int[] start, Buffer y) {
    Block to = written("slice", y, x);
    Arguments.slice(x.shape(), start, y.shape());
    moves.copyOutOf(read("slice", x), x.shape(), start, to, y.shape());
  }

  @Override
  public void concat(List<Buffer> x, int axis, Buffer y) {
    Block to = written("concat", y, x.toArray(Buffer[]::new));
    List<Shape> shapes = new ArrayList<>(x.size());
    Pointer[] data = new Pointer[x.size() + 1];
    boolean ordinary = true;
    for (int i = 0; i < x.size(); i++) {
      ordinary &= ordinary(x.get(i));
      shapes.add(x.get(i).shape());
      data[i] = read("concat", x.get(i)).pointer();
    }
    data[x.size()] = to.pointer();
    Arguments.concat(shapes, axis, y.shape());
    moves.join(shapes, data, axis, y.shape());
    setOrdinary(y, ordinary);
  }

  // ---- geometry ----

  @Override
  public void resample(Interpolation kind, Buffer x, Buffer y) {
    Block to = written("resample", y, x);
    Arguments.resample(x.shape(), y.shape());
    geometry.resample(kind, read("resample", x), x.shape(), to, y.shape());
  }

  @Override
  public void resampleBackward(Interpolation kind, Buffer gradY, Buffer gradX) {
    Block to = written("resampleBackward", gradX, gradY);
    Arguments.resampleBackward(gradY.shape(), gradX.shape());
    Block from = read("resampleBackward", gradY);
    geometry.resampleBackward(kind, from, gradY.shape(), to, gradX.shape());
  }

  @Override
  public void warp(Affine affine, Buffer x, Buffer y) {
    Block to = written("warp", y, x);
    Arguments.warp(x.shape(), y.shape());
    geometry.warp(affine, read("warp", x), x.shape(), to, y.shape());
  }

  @Override
  public void warpBackward(Affine affine, Buffer gradY, Buffer gradX) {
    Block to = written("warpBackward", gradX, gradY);
    Arguments.warpBackward(gradY.shape(), gradX.shape());
    geometry.warpBackward(affine, read("warpBackward", gradY), gradY.shape(), to, gradX.shape());
  }

  // ---- learning ----

  @Override
  public void adam(AdamStep step, Buffer grad, Buffer m, Buffer v, Buffer x) {
    Block xs = written("adam", x, grad, m, v);
    Block ms = written("adam", m, grad, v, x);
    Block vs = written("adam", v, grad, m, x);
    Arguments.adam(grad.shape(), m.shape(), v.shape(), x.shape());
    elementwise.adam(step, read("adam", grad), ms, vs, xs, size(x));
  }

  private static int size(Buffer buffer) {
    return (int) buffer.shape().size();
  }
}
