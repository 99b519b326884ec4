package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Sliding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers that have weights. */
final class Weighted {
  private static final double KERAS_EPSILON = 1e-3;

  private Weighted() {}

  static void convolution(Call call) {
    Settings s = call.settings();
    Shape x = call.image();
    int filters = s.positive("filters");
    int[] kernel = s.pair("kernel_size", 1);
    int[] stride = s.has("strides") ? s.pair("strides", 1) : new int[] {1, 1};
    int[] dilation = s.has("dilation_rate") ? s.pair("dilation_rate", 1) : new int[] {1, 1};
    int groups = s.positive("groups", 1);
    if (x.dim(3) % groups != 0 || filters % groups != 0) {
      throw s.unexpected("groups", "a divisor of the channels " + x.dim(3) + " and " + filters);
    }
    Window window =
        new Window(
            kernel[0], kernel[1], stride[0], stride[1], dilation[0], dilation[1], 0, 0, 0, 0);
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("kernel", kernel[0], kernel[1], x.dim(3) / groups, filters));
    if (s.flag("use_bias", true)) {
      weights.add(call.weight("bias", filters));
    }
    call.addActivated(new Conv2d(new Sliding(window, Pooling.same(s)), groups, null), weights);
  }

  static void dense(Call call) {
    Shape x = call.only();
    if (x.rank() != 2) {
      throw call.refused(
          "takes rows [n, c], and is given " + x + "; put a Flatten or a pooling before it");
    }
    Settings s = call.settings();
    int units = s.positive("units");
    List<Parameter> weights = new ArrayList<>();
    weights.add(call.weight("kernel", x.dim(1), units));
    if (s.flag("use_bias", true)) {
      weights.add(call.weight("bias", units));
    }
    call.addActivated(new Dense(), weights);
  }

  static void batchNormalization(Call call) {
    Shape x = call.only();
    Settings s = call.settings();
    List<Long> last = List.of(-1L, x.rank() - 1L);
    Object axis =
        s.raw("axis") instanceof List<?> one && one.size() == 1 ? one.get(0) : s.raw("axis");
    if (axis != null && !last.contains(axis)) {
      throw s.unexpected("axis", "-1, the channels");
    }
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
}
