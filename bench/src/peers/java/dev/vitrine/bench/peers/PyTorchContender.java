package dev.vitrine.bench.peers;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.vitrine.bench.contest.Assembly;
import dev.vitrine.bench.contest.Contender;
import dev.vitrine.bench.contest.Layouts;
import dev.vitrine.bench.contest.Translation;
import dev.vitrine.bench.contest.Workload;
import dev.vitrine.engine.backend.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A network in PyTorch's functions, called one after the other as a block would. */
final class PyTorchContender implements Contender, Assembly {
  /** A layer: what it reads, and what it makes of it. */
  private record Step(String name, List<String> inputs, Function<NDList, NDArray> function) {}

  private final NDManager manager;
  private final boolean channelsLast;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Integer> lastReader = new HashMap<>();
  private final Translation translation;
  private final NDArray x;
  private final PtNDArray seed;

  /** Takes the manager over. */
  PyTorchContender(NDManager manager, Workload workload, boolean channelsLast) {
    this.manager = manager;
    this.channelsLast = channelsLast;
    this.translation = Translation.of(workload, this);
    for (int s = 0; s < steps.size(); s++) {
      for (String input : steps.get(s).inputs()) {
        lastReader.put(input, s);
      }
    }
    var images = translation.images();
    float[] pixels = Workload.pixels(images);
    this.x =
        image(
            channelsLast ? pixels : Layouts.channelsFirst(images, pixels),
            images.dim(0),
            images.dim(3),
            images.dim(1),
            images.dim(2));
    var y = translation.result();
    float[] ones = Workload.seed(Math.toIntExact(y.size()), y.dim(-1));
    this.seed =
        (PtNDArray)
            (y.rank() == 2
                ? manager.create(ones, new Shape(y.dim(0), y.dim(1)))
                : image(
                    channelsLast ? ones : Layouts.channelsFirst(y, ones),
                    y.dim(0),
                    y.dim(3),
                    y.dim(1),
                    y.dim(2)));
  }

  /**
   * {@code [n, c, h, w]}, out of numbers that lie in that order or, channels last, in the other.
   */
  private NDArray image(float[] values, int n, int c, int h, int w) {
    return channelsLast
        ? manager.create(values, new Shape(n, h, w, c)).transpose(0, 3, 1, 2)
        : manager.create(values, new Shape(n, c, h, w));
  }

  // ---- the network ----

  @Override
  public void convolution(
      String name,
      String input,
      float[] kernel,
      int[] shape,
      float[] bias,
      Window window,
      int groups) {
    symmetric(name, window);
    float[] laid =
        channelsLast
            ? Layouts.channelsLast(
                dev.vitrine.engine.Shape.of(shape[0], shape[2], shape[3], shape[1]), kernel)
            : kernel;
    NDArray weight = image(laid, shape[0], shape[1], shape[2], shape[3]);
    NDArray b = manager.create(bias);
    Shape stride = new Shape(window.strideH(), window.strideW());
    Shape padding = new Shape(window.padTop(), window.padLeft());
    Shape dilation = new Shape(window.dilationH(), window.dilationW());
    add(
        name,
        List.of(input),
        in ->
            Conv2d.conv2d(in.get(0), weight, b, stride, padding, dilation, groups)
                .singletonOrThrow());
  }

  @Override
  public void relu(String name, String input) {
    add(name, List.of(input), in -> Activation.relu(in.get(0)));
  }

  @Override
  public void maxPool(String name, String input, Window window) {
    symmetric(name, window);
    Shape kernel = new Shape(window.kernelH(), window.kernelW());
    Shape stride = new Shape(window.strideH(), window.strideW());
    Shape padding = new Shape(window.padTop(), window.padLeft());
    add(name, List.of(input), in -> Pool.maxPool2d(in.get(0), kernel, stride, padding, false));
  }

  @Override
  public void concat(String name, List<String> inputs) {
    add(name, inputs, in -> NDArrays.concat(in, 1));
  }

  @Override
  public void globalAverage(String name, String input) {
    add(name, List.of(input), in -> Pool.globalAvgPool2d(in.get(0)));
  }

  @Override
  public void flatten(String name, String input) {
    add(name, List.of(input), in -> in.get(0).reshape(in.get(0).getShape().get(0), -1));
  }

  @Override
  public void dense(String name, String input, float[] weights, int out, int in, float[] bias) {
    NDArray w = manager.create(weights, new Shape(out, in));
    NDArray b = manager.create(bias);
    add(name, List.of(input), read -> Linear.linear(read.get(0), w, b).singletonOrThrow());
  }

  private void add(String name, List<String> inputs, Function<NDList, NDArray> function) {
    steps.add(new Step(name, inputs, function));
  }

  private static void symmetric(String name, Window w) {
    if (w.padTop() != w.padBottom() || w.padLeft() != w.padRight()) {
      throw new IllegalArgumentException(
          "layer " + name + ": PyTorch pads alike on both sides, not " + w);
    }
  }

  // ---- runs ----

  /** The output; what nobody reads any more goes back at once, as it does in Python. */
  private NDArray run(NDArray images) {
    Map<String, NDArray> arrays = new HashMap<>();
    arrays.put(translation.input(), images);
    for (int s = 0; s < steps.size(); s++) {
      Step step = steps.get(s);
      NDList in = new NDList();
      step.inputs().forEach(name -> in.add(arrays.get(name)));
      arrays.put(step.name(), step.function().apply(in));
      for (String read : step.inputs()) {
        if (lastReader.get(read) == s && !read.equals(translation.input())) {
          NDArray done = arrays.remove(read);
          if (done != null) {
            done.close();
          }
        }
      }
    }
    return arrays.get(translation.output());
  }

  private void forward(Function<NDArray, float[]> use, float[][] values) {
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      values[0] = use.apply(run(x));
    }
  }

  private void gradient(Function<NDArray, float[]> use, float[][] values) {
    JniUtils.setGradMode(true);
    try (NDScope scope = new NDScope()) {
      scope.suppressNotUsedWarning();
      NDArray leaf = x.stopGradient(); // with no gradient yet to be added to
      leaf.setRequiresGradient(true);
      JniUtils.backward((PtNDArray) run(leaf), seed, false, false);
      values[0] = use.apply(leaf.getGradient());
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  @Override
  public void forward() {
    forward(y -> null, new float[1][]);
  }

  @Override
  public void gradient() {
    gradient(g -> null, new float[1][]);
  }

  @Override
  public float[] output() {
    float[][] values = new float[1][];
    forward(NDArray::toFloatArray, values);
    return Layouts.channelsLast(translation.result(), values[0]);
  }

  @Override
  public float[] inputGradient() {
    float[][] values = new float[1][];
    gradient(NDArray::toFloatArray, values);
    return Layouts.channelsLast(translation.images(), values[0]);
  }

  @Override
  public void close() {
    manager.close();
  }
}
