package dev.vitrine.weights.keras;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.ActivationFunction;
import dev.vitrine.engine.op.BentRelu;
import dev.vitrine.engine.op.CappedRelu;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Glu;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Softmax;
import dev.vitrine.engine.op.Sparsemax;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Keras' activations, by name or as layers of their own. */
final class Activations {
  /** The slope that Keras 3 gives {@code activation="leaky_relu"}. */
  private static final double LEAKY_SLOPE = 0.2;

  /** The slope that every Keras gives the layer LeakyReLU. */
  private static final double LEAKY_LAYER_SLOPE = 0.3;

  private static final Map<String, Op> NAMED = new TreeMap<>();

  static {
    NAMED.put("relu", new Relu());
    NAMED.put("relu6", new CappedRelu(6));
    NAMED.put("leaky_relu", new Elementwise(Unary.LEAKY_RELU, LEAKY_SLOPE, 0));
    NAMED.put("elu", new Elementwise(Unary.ELU, 1, 0));
    NAMED.put("celu", new Elementwise(Unary.ELU, 1, 0)); // the two differ for another alpha
    NAMED.put("selu", ActivationFunction.SELU);
    NAMED.put("softmax", new Softmax());
    NAMED.put("log_softmax", ActivationFunction.LOG_SOFTMAX);
    NAMED.put("sparsemax", new Sparsemax());
    NAMED.put("sigmoid", new Elementwise(Unary.SIGMOID));
    NAMED.put("log_sigmoid", ActivationFunction.LOG_SIGMOID);
    NAMED.put("sparse_sigmoid", ActivationFunction.SPARSE_SIGMOID);
    NAMED.put("hard_sigmoid", ActivationFunction.HARD_SIGMOID);
    NAMED.put("tanh", new Elementwise(Unary.TANH));
    NAMED.put("hard_tanh", new Elementwise(Unary.CLIP, -1, 1));
    NAMED.put("tanh_shrink", ActivationFunction.TANH_SHRINK);
    NAMED.put("soft_shrink", ActivationFunction.SOFT_SHRINK);
    NAMED.put("hard_shrink", ActivationFunction.HARD_SHRINK);
    NAMED.put("softplus", new Elementwise(Unary.SOFTPLUS));
    NAMED.put("sparse_plus", ActivationFunction.SPARSE_PLUS);
    NAMED.put("squareplus", ActivationFunction.SQUAREPLUS);
    NAMED.put("softsign", ActivationFunction.SOFTSIGN);
    NAMED.put("swish", new Elementwise(Unary.SILU));
    NAMED.put("silu", new Elementwise(Unary.SILU));
    NAMED.put("hard_swish", ActivationFunction.HARD_SILU);
    NAMED.put("hard_silu", ActivationFunction.HARD_SILU);
    NAMED.put("mish", ActivationFunction.MISH);
    NAMED.put("gelu", new Elementwise(Unary.GELU));
    NAMED.put("glu", new Glu());
    NAMED.put("exponential", new Elementwise(Unary.EXP));
  }

  private static final Map<String, Function<Settings, Op>> LAYERS =
      Map.of(
          "ReLU", Activations::relu,
          "LeakyReLU", Activations::leakyRelu,
          "ELU", s -> new Elementwise(Unary.ELU, s.number("alpha", 1), 0),
          "ThresholdedReLU", s -> new BentRelu(0, Double.POSITIVE_INFINITY, s.number("theta", 1)),
          "Softmax", s -> new Softmax());

  private Activations() {}

  /** The layer Activation. */
  static void read(Call call) {
    call.only();
    of(call.settings(), "activation", call.origin().keras())
        .ifPresentOrElse(call::activate, call::addIdentity);
  }

  /** An activation layer such as ReLU. */
  static void layer(Call call) {
    call.only();
    call.add(LAYERS.get(call.kind()).apply(call.settings()));
  }

  /** The layer Softmax, which says along which axis. */
  static void softmax(Call call) {
    Settings s = call.settings();
    Object axis =
        s.raw("axis") instanceof List<?> one && one.size() == 1 ? one.get(0) : s.raw("axis");
    if (axis != null && !(axis instanceof Long)) {
      throw s.unexpected("axis", "-1, or 1 where channels come first");
    }
    call.along("axis", axis == null ? -1 : (Long) axis);
    call.add(new Softmax());
  }

  /** True for what looks at all channels of a pixel at once. */
  static boolean isAlongLastAxis(Op op) {
    return op instanceof Softmax
        || op instanceof Sparsemax
        || op instanceof Glu
        || op == ActivationFunction.LOG_SOFTMAX;
  }

  /**
   * The activation that a setting names; empty for linear, which does nothing.
   *
   * @param keras the version of Keras; a hard sigmoid was another one before 3
   */
  static Optional<Op> of(Settings settings, String key, int keras) {
    Object value = settings.raw(key);
    if (value == null || value.equals("linear")) {
      return Optional.empty();
    }
    if (value.equals("hard_sigmoid") && keras < 3) {
      return Optional.of(ActivationFunction.HARD_SIGMOID_KERAS2);
    }
    if (value instanceof String name && NAMED.containsKey(name)) {
      return Optional.of(NAMED.get(name));
    }
    if (value instanceof Map<?, ?> object) {
      // Keras 3 writes functions and layers as objects here.
      if (object.get("config") instanceof String name) {
        return of(new Settings(settings.where(), Map.of(key, name)), key, keras);
      }
      Object kind = object.get("class_name");
      if (kind instanceof String name
          && LAYERS.containsKey(name)
          && object.get("config") instanceof Map<?, ?> values) {
        return Optional.of(LAYERS.get(name).apply(new Settings(settings.where(), values)));
      }
    }
    throw settings.unexpected(
        key, "one of linear, " + String.join(", ", NAMED.keySet()) + "; others are not supported");
  }

  private static Op relu(Settings s) {
    double slope = s.number("negative_slope", 0);
    double max = s.number("max_value", Double.POSITIVE_INFINITY);
    double threshold = s.number("threshold", 0);
    if (threshold != 0 || (slope != 0 && !Double.isInfinite(max))) {
      return new BentRelu(slope, max, threshold);
    }
    if (slope != 0) {
      return new Elementwise(Unary.LEAKY_RELU, slope, 0);
    }
    return Double.isInfinite(max) ? new Relu() : new CappedRelu(max);
  }

  private static Op leakyRelu(Settings s) {
    // Keras 2 calls it alpha.
    double slope = s.number("negative_slope", s.number("alpha", LEAKY_LAYER_SLOPE));
    return new Elementwise(Unary.LEAKY_RELU, slope, 0);
  }
}
