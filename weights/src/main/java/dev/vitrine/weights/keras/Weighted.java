package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.ConvTranspose2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.PRelu;
import dev.vitrine.engine.op.Sliding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Layers that have weights. */
final class Weighted {
  private static final double KERAS_EPSILON = 1e-3;

  /** What Keras' Normalization divides by at least. */
  private static final float LEAST_DEVIATION = 1e-7f;

  private Weighted() {}

  static void convolution(Call call) {
    Settings s = call.settings();
    Shape x = call.image();
    int in = x.dim(3);
    int filters = s.positive("filters");
    int groups = s.positive("groups", 1);
    if (in % groups != 0 || filters % groups != 0) {
      throw s.unexpected("groups", "a divisor of the channels " + in + " and " + filters);
    }
    Sliding sliding = sliding(call);
    Window w = sliding.window();
    Arrangement kernel =
        call.outputsFirst()
            ? Arrangement.of(filters, in / groups, w.kernelH(), w.kernelW()).transposed(2, 3, 1, 0)
            : Arrangement.of(w.kernelH(), w.kernelW(), in / groups, filters);
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("kernel", call.origin().rotated() ? kernel.rotated() : kernel));
    bias(call, filters, weights);
    call.addActivated(new Conv2d(sliding, groups, null), weights);
  }

  static void depthwise(Call call) {
    List<Parameter> weights = new ArrayList<>();
    Conv2d op = depthwise(call, weights);
    bias(call, op.groups() * call.settings().positive("depth_multiplier", 1), weights);
    call.addActivated(op, weights);
  }

  static void separable(Call call) {
    List<Parameter> depthwise = new ArrayList<>();
    Conv2d first = depthwise(call, depthwise);
    int between = first.groups() * call.settings().positive("depth_multiplier", 1);
    int filters = call.settings().positive("filters");
    String deep =
        call.step(".depthwise", first, call.inputs(), depthwise.toArray(Parameter[]::new));
    Arrangement pointwise =
        call.outputsFirst()
            ? Arrangement.of(filters, between, 1, 1).transposed(2, 3, 1, 0)
            : Arrangement.of(1, 1, between, filters);
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("pointwise_kernel", pointwise));
    bias(call, filters, weights);
    call.addActivated(List.of(deep), new Conv2d(Sliding.valid(1, 1, 1, 1)), call.order(0), weights);
  }

  /** A convolution of each channel by itself, with as many filters for each as the settings say. */
  private static Conv2d depthwise(Call call, List<Parameter> weights) {
    int in = call.image().dim(3);
    int each = call.settings().positive("depth_multiplier", 1);
    Sliding sliding = sliding(call);
    Window w = sliding.window();
    Arrangement kernel =
        call.outputsFirst()
            ? Arrangement.of(each, in, w.kernelH(), w.kernelW()).transposed(2, 3, 1, 0)
            : Arrangement.of(w.kernelH(), w.kernelW(), in, each);
    weights.add(
        call.weight("depthwise_kernel", kernel.shaped(w.kernelH(), w.kernelW(), 1, in * each)));
    return new Conv2d(sliding, in, null);
  }

  static void transposed(Call call) {
    Settings s = call.settings();
    int in = call.image().dim(3);
    int filters = s.positive("filters");
    Sliding sliding = sliding(call);
    Window w = sliding.window();
    int[] extra = s.has("output_padding") ? s.pair("output_padding", 0) : new int[] {-1, -1};
    Arrangement kernel =
        call.origin().keras() > 1
            ? Arrangement.of(w.kernelH(), w.kernelW(), filters, in)
            : call.outputsFirst()
                ? Arrangement.of(filters, in, w.kernelH(), w.kernelW()).transposed(2, 3, 0, 1)
                : Arrangement.of(w.kernelH(), w.kernelW(), in, filters).transposed(0, 1, 3, 2);
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("kernel", call.origin().rotated() ? kernel.rotated() : kernel));
    bias(call, filters, weights);
    call.addActivated(new ConvTranspose2d(sliding, extra[0], extra[1]), weights);
  }

  private static Sliding sliding(Call call) {
    Settings s = call.settings();
    int[] kernel = s.pair("kernel_size", 1);
    int[] stride = s.has("strides") ? s.pair("strides", 1) : new int[] {1, 1};
    int[] dilation = s.has("dilation_rate") ? s.pair("dilation_rate", 1) : new int[] {1, 1};
    Window window =
        new Window(
            kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], 0, 0, 0, 0);
    return new Sliding(window, Pooling.same(s));
  }

  private static void bias(Call call, int channels, List<Parameter> to) {
    if (call.settings().flag("use_bias", true)) {
      to.add(call.weight("bias", channels));
    }
  }

  /** Rows, or the channels of every pixel. */
  static void dense(Call call) {
    Shape x = call.only();
    if (x.rank() != 2 && x.rank() != 4) {
      throw call.refused(
          "takes rows [n, c], and is given " + x + "; put a Flatten or a pooling before it");
    }
    int units = call.settings().positive("units");
    if (x.rank() == 4) {
      int in = call.same(0).dim(3);
      List<Parameter> weights = new ArrayList<>();
      weights.add(call.weight("kernel", Arrangement.of(in, units).shaped(1, 1, in, units)));
      bias(call, units, weights);
      call.addActivated(new Conv2d(Sliding.valid(1, 1, 1, 1)), weights);
      return;
    }
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("kernel", rows(call, x.dim(1), units)));
    bias(call, units, weights);
    call.addActivated(call.inputs(), new Dense(), Order.SAME, weights);
  }

  /** The kernel's rows, in the order in which the engine flattens images. */
  private static Arrangement rows(Call call, int in, int units) {
    Shape image = call.order(0).image();
    if (image == null) {
      return call.origin().torch()
          ? Arrangement.of(units, in).transposed(1, 0)
          : Arrangement.of(in, units);
    }
    int h = image.dim(1);
    int w = image.dim(2);
    int c = image.dim(3);
    Arrangement seen =
        call.origin().torch()
            ? Arrangement.of(Shape.of(units, in), units, c, h, w).transposed(2, 3, 1, 0)
            : Arrangement.of(Shape.of(in, units), c, h, w, units).transposed(1, 2, 0, 3);
    return seen.shaped(in, units);
  }

  static void batchNormalization(Call call) {
    Settings s = call.settings();
    if (s.number("mode", 0) == 1) {
      throw s.unexpected("mode", "0 or 2; one that normalizes each sample is not supported");
    }
    Shape x = call.along("axis", axis(call, s));
    int channels = x.dim(-1);
    float[] ones = new float[channels];
    Arrays.fill(ones, 1);
    Parameter gamma =
        s.flag("scale", true) ? call.weight("gamma", channels) : call.constant("gamma", ones);
    Parameter beta =
        s.flag("center", true)
            ? call.weight("beta", channels)
            : call.constant("beta", new float[channels]);
    call.add(
        new BatchNorm(s.number("epsilon", KERAS_EPSILON)),
        gamma,
        beta,
        call.weight("moving_mean", channels),
        call.weight("moving_variance", channels));
  }

  private static long axis(Call call, Settings s) {
    Object axis =
        s.raw("axis") instanceof List<?> one && one.size() == 1 ? one.get(0) : s.raw("axis");
    if (axis == null) {
      return call.only().rank() == 4 && call.origin().channelsFirst() ? 1 : -1;
    }
    if (axis instanceof Long number) {
      return number;
    }
    throw s.unexpected("axis", "-1, or 1 where channels come first");
  }

  static void prelu(Call call) {
    Shape x = call.only();
    if (x.rank() == 2) {
      call.same(0);
    }
    List<Integer> shared =
        call.settings().has("shared_axes") ? call.settings().wholes("shared_axes", 1) : List.of();
    boolean first = call.order(0).kind() == Order.Kind.CHANNELS_FIRST;
    int[] seen = first ? new int[] {x.dim(3), x.dim(1), x.dim(2)} : tail(x);
    for (int axis : shared) {
      if (axis > seen.length) {
        throw call.settings().unexpected("shared_axes", "axes of " + x);
      }
      seen[axis - 1] = 1;
    }
    Arrangement alpha = Arrangement.of(seen);
    call.add(new PRelu(), call.weight("alpha", first ? alpha.transposed(1, 2, 0) : alpha));
  }

  private static int[] tail(Shape x) {
    return Arrays.copyOfRange(x.dims(), 1, x.rank());
  }

  /** {@code (x - mean) / max(sqrt(variance), 1e-7)} */
  static void normalization(Call call) {
    Settings s = call.settings();
    if (s.flag("invert", false)) {
      throw s.unexpected("invert", "false");
    }
    int channels = call.along("axis", axis(call, s)).dim(-1);
    LayerWeights weights = call.weights();
    if (!weights.knows("mean")) {
      boolean given = s.has("mean") && s.has("variance");
      Shape each = Shape.of(channels);
      float[] mean = given ? spread(call, "mean", channels) : weights.values("mean", each);
      float[] deviation =
          given ? spread(call, "variance", channels) : weights.values("variance", each);
      for (int c = 0; c < channels; c++) {
        deviation[c] = Math.max((float) Math.sqrt(deviation[c]), LEAST_DEVIATION);
      }
      call.constant("mean", mean);
      call.constant("deviation", deviation);
      weights.skip("count");
    }
    String centred =
        call.step(
            ".centred", new Arithmetic(Binary.SUBTRACT), call.inputs(), weights.known("mean"));
    call.addAfter(List.of(centred), new Arithmetic(Binary.DIVIDE), weights.known("deviation"));
  }

  /** Numbers of the settings, one for each channel or one for all. */
  static float[] spread(Call call, String key, int channels) {
    double[] given = flat(call, key);
    if (given.length != 1 && given.length != channels) {
      throw call.settings().unexpected(key, "one number or " + channels);
    }
    float[] all = new float[channels];
    for (int c = 0; c < channels; c++) {
      all[c] = (float) given[given.length == 1 ? 0 : c];
    }
    return all;
  }

  /** Keras writes a mean as {@code [[[[1, 2, 3]]]]}. */
  private static double[] flat(Call call, String key) {
    Object value = call.settings().raw(key);
    while (value instanceof List<?> list && list.size() == 1 && list.get(0) instanceof List<?>) {
      value = list.get(0);
    }
    return new Settings(call.settings().where(), Map.of(key, value)).numbers(key, 0);
  }
}
