package dev.vitrine.kernels;

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
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.Launcher;
import dev.vitrine.kernels.device.Order;
import dev.vitrine.kernels.device.Product;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The backend of a CUDA card. Convolutions are cuDNN's and matrix products cuBLAS'; everything else
 * is kernels of our own. Arrays are float32 on the card; frozen convolution kernels lie in the
 * order that cuDNN asks for.
 *
 * <p>Deterministic for a given card and its libraries. Strict float32 unless the device was opened
 * for TF32.
 */
public final class CudaBackend extends CudaMemory {
  private final Moves moves;
  private final CudaConvolutions convolutions;
  private final Elementwise elementwise;
  private final Reductions reductions;
  private final Pooling pooling;
  private final Geometry geometry;
  private final Learning learning;

  /** Takes a device over, which closes with the backend. */
  public CudaBackend(Device device) {
    this(device, images(), DeviceMemory::sizeClass);
  }

  /** How images lie: NHWC, until a card has shown that another order is faster. */
  private static Order images() {
    return Order.PLAIN;
  }

  CudaBackend(Device device, Order images, LongUnaryOperator sizes) {
    super(device, images, sizes);
    Launcher launcher = new Launcher(device);
    moves = new Moves(launcher);
    convolutions = new CudaConvolutions(this, moves, new DirectConvolution(launcher));
    elementwise = new Elementwise(launcher, moves);
    reductions = new Reductions(launcher, moves, memory);
    pooling = new Pooling(launcher);
    geometry = new Geometry(device, launcher, moves, memory);
    learning = new Learning(launcher, moves, memory);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    return device.description();
  }

  @Override
  StridedCopy stridedCopy() {
    return moves;
  }

  @Override
  public void close() {
    try {
      if (!closed()) {
        geometry.close();
      }
    } finally {
      super.close();
    }
  }

  @Override
  public void fill(Buffer target, double value) {
    moves.fill(written("fill", target), value);
  }

  // ---- convolution and matrix product ----

  @Override
  public void convolution(
      Convolution convolution, Buffer x, Buffer kernel, Buffer bias, PostOp post, Buffer y) {
    CudaBuffer to = written("convolution", y, x, kernel, bias);
    CudaBuffer from = image("convolution", x);
    CudaBuffer by = numbers("convolution", kernel);
    CudaBuffer plus = bias == null ? null : numbers("convolution", bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.convolution(convolution, x.shape(), kernel.shape(), biasShape, y.shape());
    convolutions.forward(convolution, from, by, to);
    elementwise.finish(to, plus, post);
  }

  @Override
  public void convolutionBackwardData(
      Convolution convolution, Buffer gradY, Buffer kernel, Buffer gradX) {
    CudaBuffer to = written("convolutionBackwardData", gradX, gradY, kernel);
    CudaBuffer from = image("convolutionBackwardData", gradY);
    CudaBuffer by = numbers("convolutionBackwardData", kernel);
    Arguments.convolutionBackwardData(convolution, gradY.shape(), kernel.shape(), gradX.shape());
    convolutions.backwardData(convolution, from, by, to);
  }

  @Override
  public void convolutionBackwardWeights(
      Convolution convolution, Buffer x, Buffer gradY, Buffer gradKernel) {
    CudaBuffer to = written("convolutionBackwardWeights", gradKernel, x, gradY);
    CudaBuffer from = image("convolutionBackwardWeights", x);
    CudaBuffer grad = image("convolutionBackwardWeights", gradY);
    Arguments.convolutionBackwardWeights(convolution, x.shape(), gradY.shape(), gradKernel.shape());
    convolutions.backwardWeights(convolution, from, grad, to);
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
    CudaBuffer to = written("matmul", y, a, b, bias);
    CudaBuffer left = numbers("matmul", a);
    CudaBuffer right = numbers("matmul", b);
    CudaBuffer plus = bias == null ? null : numbers("matmul", bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.matmul(a.shape(), transposeA, b.shape(), transposeB, biasShape, y.shape());
    int inner = a.shape().dim(transposeA ? 0 : 1);
    Product product =
        new Product(transposeA, transposeB, y.shape().dim(0), y.shape().dim(1), inner);
    memory.withRoom(
        () -> {
          device.multiply(product, left.address(), right.address(), to.address());
          return null;
        });
    elementwise.finish(to, plus, post);
  }

  // ---- element by element ----

  @Override
  public void unary(Unary kind, double alpha, double beta, Buffer x, Buffer y) {
    CudaBuffer to = written("unary", y, x);
    CudaBuffer from = numbers("unary", x);
    Arguments.unary(x.shape(), y.shape());
    elementwise.unary(kind, alpha, beta, from, to);
  }

  @Override
  public void binary(Binary kind, Buffer a, Buffer b, Buffer y) {
    CudaBuffer to = written("binary", y, a, b);
    CudaBuffer left = numbers("binary", a);
    CudaBuffer right = numbers("binary", b);
    Arguments.binary(a.shape(), b.shape(), y.shape());
    elementwise.binary(kind, left, right, to);
  }

  @Override
  public void reduce(Reduction kind, Buffer x, Buffer y) {
    CudaBuffer to = written("reduce", y, x);
    CudaBuffer from = numbers("reduce", x);
    Arguments.reduce(x.shape(), y.shape());
    reductions.reduce(kind, from, to);
  }

  @Override
  public void softmax(Buffer x, Buffer y) {
    CudaBuffer to = written("softmax", y, x);
    CudaBuffer from = numbers("softmax", x);
    Arguments.softmax(x.shape(), y.shape());
    reductions.softmax(from, to);
  }

  // ---- pooling ----

  @Override
  public Buffer allocSwitches(Window window, Shape y) {
    return alloc("allocSwitches", y, Pooling.switchBytes(window), window, Order.PLAIN);
  }

  @Override
  public void maxPool(Window window, Buffer x, Buffer switches, Buffer y) {
    CudaBuffer to = written("maxPool", y, x, switches);
    CudaBuffer from = image("maxPool", x);
    Shape switchesShape = switches == null ? null : switches.shape();
    Arguments.maxPool(window, x.shape(), switchesShape, y.shape());
    CudaBuffer winners = switches == null ? null : switches("maxPool", window, switches);
    pooling.maxPool(window, from, winners, to);
  }

  @Override
  public void maxPoolBackward(Window window, Buffer gradY, Buffer switches, Buffer gradX) {
    CudaBuffer to = written("maxPoolBackward", gradX, gradY, switches);
    CudaBuffer from = image("maxPoolBackward", gradY);
    Arguments.maxPoolBackward(window, gradY.shape(), switches.shape(), gradX.shape());
    CudaBuffer winners = switches("maxPoolBackward", window, switches);
    pooling.maxPoolBackward(window, from, winners, to);
  }

  @Override
  public int[] downloadSwitches(Buffer switches) {
    CudaBuffer from = switches("downloadSwitches", null, switches);
    int[] read = new int[Math.toIntExact(from.size())];
    if (from.storage.elementBytes == Integer.BYTES) {
      device.download(from.address(), read, 0, read.length);
      return read;
    }
    byte[] bytes = new byte[read.length];
    device.download(from.address(), bytes, 0, bytes.length);
    for (int i = 0; i < read.length; i++) {
      read[i] = Byte.toUnsignedInt(bytes[i]);
    }
    return read;
  }

  @Override
  public void averagePool(Window window, Buffer x, Buffer y) {
    CudaBuffer to = written("averagePool", y, x);
    CudaBuffer from = image("averagePool", x);
    Arguments.averagePool(window, x.shape(), y.shape());
    pooling.averagePool(window, from, to);
  }

  @Override
  public void averagePoolBackward(Window window, Buffer gradY, Buffer gradX) {
    CudaBuffer to = written("averagePoolBackward", gradX, gradY);
    CudaBuffer from = image("averagePoolBackward", gradY);
    Arguments.averagePoolBackward(window, gradY.shape(), gradX.shape());
    pooling.averagePoolBackward(window, from, to);
  }

  // ---- moving data ----

  @Override
  public void pad(Buffer x, int[] before, double value, Buffer y) {
    CudaBuffer to = written("pad", y, x);
    CudaBuffer from = numbers("pad", x);
    Arguments.pad(x.shape(), before, y.shape());
    moves.pad(from, before, value, to);
  }

  @Override
  public void slice(Buffer x, int[] start, Buffer y) {
    CudaBuffer to = written("slice", y, x);
    CudaBuffer from = numbers("slice", x);
    Arguments.slice(x.shape(), start, y.shape());
    moves.slice(from, start, to);
  }

  @Override
  public void concat(List<Buffer> x, int axis, Buffer y) {
    CudaBuffer to = written("concat", y, x.toArray(Buffer[]::new));
    List<CudaBuffer> parts = x.stream().map(part -> numbers("concat", part)).toList();
    Arguments.concat(x.stream().map(Buffer::shape).toList(), axis, y.shape());
    moves.concat(parts, axis, to);
  }

  // ---- geometry ----

  @Override
  public void resample(Interpolation kind, Buffer x, Buffer y) {
    CudaBuffer to = written("resample", y, x);
    CudaBuffer from = image("resample", x);
    Arguments.resample(x.shape(), y.shape());
    geometry.resample(kind, from, to);
  }

  @Override
  public void resampleBackward(Interpolation kind, Buffer gradY, Buffer gradX) {
    CudaBuffer to = written("resampleBackward", gradX, gradY);
    CudaBuffer from = image("resampleBackward", gradY);
    Arguments.resampleBackward(gradY.shape(), gradX.shape());
    geometry.resampleBackward(kind, from, to);
  }

  @Override
  public void warp(Affine affine, Buffer x, Buffer y) {
    CudaBuffer to = written("warp", y, x);
    CudaBuffer from = image("warp", x);
    Arguments.warp(x.shape(), y.shape());
    geometry.warp(affine, from, to);
  }

  @Override
  public void warpBackward(Affine affine, Buffer gradY, Buffer gradX) {
    CudaBuffer to = written("warpBackward", gradX, gradY);
    CudaBuffer from = image("warpBackward", gradY);
    Arguments.warpBackward(gradY.shape(), gradX.shape());
    geometry.warpBackward(affine, from, to);
  }

  // ---- learning ----

  @Override
  public void adam(AdamStep step, Buffer grad, Buffer m, Buffer v, Buffer x) {
    CudaBuffer xs = written("adam", x, grad, m, v);
    CudaBuffer ms = written("adam", m, grad, v, x);
    CudaBuffer vs = written("adam", v, grad, m, x);
    CudaBuffer gradient = numbers("adam", grad);
    Arguments.adam(grad.shape(), m.shape(), v.shape(), x.shape());
    RecordedStep repetition = repeating();
    if (repetition != null && repetition.counts()) {
      learning.adam(step, repetition.nextCounter(), gradient, ms, vs, xs);
      return;
    }
    if (repetition != null) {
      repetition.note(step);
    }
    learning.adam(step, gradient, ms, vs, xs);
  }
}
