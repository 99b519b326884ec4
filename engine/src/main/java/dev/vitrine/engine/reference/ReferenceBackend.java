package dev.vitrine.engine.reference;

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
import java.util.Arrays;
import java.util.List;

/**
 * The specification: every operation as the plainest loops that compute it, in double precision.
 * Slow on purpose; the other backends are tested against it. {@link ReferenceMemory} keeps the
 * buffers; the loops stand in {@link ReferenceConvolution}, {@link ReferenceElementwise}, {@link
 * ReferencePooling} and {@link ReferenceGeometry}.
 *
 * <p>A new buffer is full of NaN, so that whoever reads what nobody has written will see it. A
 * buffer that has been released, belongs to another backend or is both read and written by one
 * operation is refused.
 */
public final class ReferenceBackend extends ReferenceMemory {
  /** A backend with no buffers yet. */
  public ReferenceBackend() {}

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String description() {
    return "reference: plain loops in double precision, Java "
        + Runtime.version().feature()
        + ", 1 thread";
  }

  // ---- convolution and matrix product ----

  @Override
  public void convolution(
      Convolution convolution, Buffer x, Buffer kernel, Buffer bias, PostOp post, Buffer y) {
    double[] to = written("convolution", y, x, kernel, bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.convolution(convolution, x.shape(), kernel.shape(), biasShape, y.shape());
    ReferenceConvolution.forward(
        convolution,
        data(x),
        x.shape(),
        data(kernel),
        bias == null ? null : data(bias),
        post,
        to,
        y.shape());
  }

  @Override
  public void convolutionBackwardData(
      Convolution convolution, Buffer gradY, Buffer kernel, Buffer gradX) {
    double[] to = written("convolutionBackwardData", gradX, gradY, kernel);
    Arguments.convolutionBackwardData(convolution, gradY.shape(), kernel.shape(), gradX.shape());
    ReferenceConvolution.backwardData(
        convolution, data(gradY), gradY.shape(), data(kernel), to, gradX.shape());
  }

  @Override
  public void convolutionBackwardWeights(
      Convolution convolution, Buffer x, Buffer gradY, Buffer gradKernel) {
    double[] to = written("convolutionBackwardWeights", gradKernel, x, gradY);
    Arguments.convolutionBackwardWeights(convolution, x.shape(), gradY.shape(), gradKernel.shape());
    ReferenceConvolution.backwardWeights(
        convolution, data(x), x.shape(), data(gradY), gradY.shape(), to);
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
    double[] to = written("matmul", y, a, b, bias);
    Shape biasShape = bias == null ? null : bias.shape();
    Arguments.matmul(a.shape(), transposeA, b.shape(), transposeB, biasShape, y.shape());
    double[] biases = bias == null ? null : data(bias);
    int rows = y.shape().dim(0);
    int columns = y.shape().dim(1);
    int inner = a.shape().dim(transposeA ? 0 : 1);
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = biases == null ? 0 : biases[j];
        for (int k = 0; k < inner; k++) {
          double left = data(a)[transposeA ? k * rows + i : i * inner + k];
          double right = data(b)[transposeB ? j * inner + k : k * columns + j];
          sum += left * right;
        }
        to[i * columns + j] = ReferenceConvolution.apply(post, sum);
      }
    }
  }

  // ---- element by element ----

  @Override
  public void unary(Unary kind, double alpha, double beta, Buffer x, Buffer y) {
    double[] to = written("unary", y, x);
    Arguments.unary(x.shape(), y.shape());
    double[] from = data(x);
    for (int i = 0; i < to.length; i++) {
      to[i] = ReferenceElementwise.unary(kind, alpha, beta, from[i]);
    }
  }

  @Override
  public void binary(Binary kind, Buffer a, Buffer b, Buffer y) {
    double[] to = written("binary", y, a, b);
    Arguments.binary(a.shape(), b.shape(), y.shape());
    ReferenceElementwise.binary(kind, data(a), a.shape(), data(b), b.shape(), to, y.shape());
  }

  @Override
  public void reduce(Reduction kind, Buffer x, Buffer y) {
    double[] to = written("reduce", y, x);
    Arguments.reduce(x.shape(), y.shape());
    ReferenceElementwise.reduce(kind, data(x), x.shape(), to, y.shape());
  }

  @Override
  public void softmax(Buffer x, Buffer y) {
    double[] to = written("softmax", y, x);
    Arguments.softmax(x.shape(), y.shape());
    ReferenceElementwise.softmax(data(x), x.shape().dim(-1), to);
  }

  // ---- pooling ----

  @Override
  public Buffer allocSwitches(Window window, Shape y) {
    return alloc("allocSwitches", y, window);
  }

  @Override
  public void maxPool(Window window, Buffer x, Buffer switches, Buffer y) {
    double[] to = written("maxPool", y, x, switches);
    Shape switchesShape = switches == null ? null : switches.shape();
    Arguments.maxPool(window, x.shape(), switchesShape, y.shape());
    double[] winners = switches == null ? null : switches("maxPool", window, switches);
    ReferencePooling.max(window, data(x), x.shape(), winners, to, y.shape());
  }

  @Override
  public void maxPoolBackward(Window window, Buffer gradY, Buffer switches, Buffer gradX) {
    double[] to = written("maxPoolBackward", gradX, gradY, switches);
    Arguments.maxPoolBackward(window, gradY.shape(), switches.shape(), gradX.shape());
    double[] winners = switches("maxPoolBackward", window, switches);
    ReferencePooling.maxBackward(window, data(gradY), gradY.shape(), winners, to, gradX.shape());
  }

  private double[] switches(String operation, Window window, Buffer switches) {
    double[] data = read(operation, switches);
    Window made = ((ReferenceBuffer) switches).switchesOf;
    if (!window.equals(made)) {
      throw new IllegalArgumentException(
          operation
              + ": the switches "
              + switches.shape()
              + (made == null ? " are an ordinary buffer" : " were made for " + made)
              + "; make them with allocSwitches for "
              + window);
    }
    return data;
  }

  @Override
  public int[] downloadSwitches(Buffer switches) {
    double[] data = read("downloadSwitches", switches);
    return Arrays.stream(data).mapToInt(winner -> (int) winner).toArray();
  }

  @Override
  public void averagePool(Window window, Buffer x, Buffer y) {
    double[] to = written("averagePool", y, x);
    Arguments.averagePool(window, x.shape(), y.shape());
    ReferencePooling.average(window, data(x), x.shape(), to, y.shape());
  }

  @Override
  public void averagePoolBackward(Window window, Buffer gradY, Buffer gradX) {
    double[] to = written("averagePoolBackward", gradX, gradY);
    Arguments.averagePoolBackward(window, gradY.shape(), gradX.shape());
    ReferencePooling.averageBackward(window, data(gradY), gradY.shape(), to, gradX.shape());
  }

  // ---- moving data ----

  @Override
  public void pad(Buffer x, int[] before, double value, Buffer y) {
    double[] to = written("pad", y, x);
    Arguments.pad(x.shape(), before, y.shape());
    Arrays.fill(to, value);
    ReferenceGeometry.copyInto(data(x), x.shape(), before, to, y.shape());
  }

  @Override
  public void slice(Buffer x, int[] start, Buffer y) {
    double[] to = written("slice", y, x);
    Arguments.slice(x.shape(), start, y.shape());
    ReferenceGeometry.copyOutOf(data(x), x.shape(), start, to, y.shape());
  }

  @Override
  public void concat(List<Buffer> x, int axis, Buffer y) {
    double[] to = written("concat", y, x.toArray(Buffer[]::new));
    Arguments.concat(x.stream().map(Buffer::shape).toList(), axis, y.shape());
    int[] at = new int[y.shape().rank()];
    for (Buffer part : x) {
      ReferenceGeometry.copyInto(data(part), part.shape(), at, to, y.shape());
      at[axis] += part.shape().dim(axis);
    }
  }

  // ---- geometry ----

  @Override
  public void resample(Interpolation kind, Buffer x, Buffer y) {
    double[] to = written("resample", y, x);
    Arguments.resample(x.shape(), y.shape());
    ReferenceGeometry.resample(kind, data(x), x.shape(), to, y.shape());
  }

  @Override
  public void resampleBackward(Interpolation kind, Buffer gradY, Buffer gradX) {
    double[] to = written("resampleBackward", gradX, gradY);
    Arguments.resampleBackward(gradY.shape(), gradX.shape());
    ReferenceGeometry.resampleBackward(kind, data(gradY), gradY.shape(), to, gradX.shape());
  }

  @Override
  public void warp(Affine affine, Buffer x, Buffer y) {
    double[] to = written("warp", y, x);
    Arguments.warp(x.shape(), y.shape());
    ReferenceGeometry.warp(affine, data(x), x.shape(), to, y.shape());
  }

  @Override
  public void warpBackward(Affine affine, Buffer gradY, Buffer gradX) {
    double[] to = written("warpBackward", gradX, gradY);
    Arguments.warpBackward(gradY.shape(), gradX.shape());
    ReferenceGeometry.warpBackward(affine, data(gradY), gradY.shape(), to, gradX.shape());
  }

  // ---- learning ----

  @Override
  public void adam(AdamStep step, Buffer grad, Buffer m, Buffer v, Buffer x) {
    double[] xs = written("adam", x, grad, m, v);
    double[] ms = written("adam", m, grad, v, x);
    double[] vs = written("adam", v, grad, m, x);
    Arguments.adam(grad.shape(), m.shape(), v.shape(), x.shape());
    double correctionM = 1 - Math.pow(step.beta1(), step.step());
    double correctionV = 1 - Math.pow(step.beta2(), step.step());
    for (int i = 0; i < xs.length; i++) {
      double g = data(grad)[i] + step.weightDecay() * xs[i];
      ms[i] = step.beta1() * ms[i] + (1 - step.beta1()) * g;
      vs[i] = step.beta2() * vs[i] + (1 - step.beta2()) * g * g;
      xs[i] -=
          step.learningRate()
              * (ms[i] / correctionM)
              / (Math.sqrt(vs[i] / correctionV) + step.epsilon());
    }
  }
}
