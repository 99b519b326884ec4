package dev.vitrine.weights.keras;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Softmax;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Keras' activations, by name or as layers of their own. */
final class Activations {
  /** The slope that Keras 3 gives {@code activation="leaky_relu"}. */
  private static final double LEAKY_SLOPE = 0.2;

  /** The slope that every Keras gives the layer LeakyReLU. */
  private static final double LEAKY_LAYER_SLOPE = 0.3;

  private static final Map<String, Op> NAMED =
      Map.ofEntries(
          Map.entry("relu", new Relu()),
          Map.entry("relu6", new Elementwise(Unary.CLIP, 0, 6)),
          Map.entry("leaky_relu", new Elementwise(Unary.LEAKY_RELU, LEAKY_SLOPE, 0)),
          Map.entry("elu", new Elementwise(Unary.ELU, 1, 0)),
          Map.entry("softmax", new Softmax()),
          Map.entry("sigmoid", new Elementwise(Unary.SIGMOID)),
          Map.entry("tanh", new Elementwise(Unary.TANH)),
          Map.entry("softplus", new Elementwise(Unary.SOFTPLUS)),
          Map.entry("swish", new Elementwise(Unary.SILU)),
          Map.entry("silu", new Elementwise(Unary.SILU)),
          Map.entry("gelu", new Elementwise(Unary.GELU)),
          Map.entry("exponential", new Elementwise(Unary.EXP)));

  private static final Map<String, Function<Settings, Op>> LAYERS =
      Map.of(
          "ReLU", Activations::relu,
          "LeakyReLU", Activations::leakyRelu,
          "ELU", s -> new Elementwise(Unary.ELU, s.number("alpha", 1), 0),
          "Softmax", Activations::softmax);

  private Activations() {}

  /** The layer Activation. */
  static void read(Call call) {
    call.only();
    of(call.settings(), "activation").ifPresentOrElse(call::add, call::addIdentity);
  }

  /** The operation of an activation layer such as ReLU. */
  static Op layer(String kind, Settings settings) {
    return LAYERS.get(kind).apply(settings);
  }

  /** The activation that a setting names; empty for linear, which does nothing. */
  static Optional<Op> of(Settings settings, String key) {
    Object value = settings.raw(key);
    if (value == null || value.equals("linear")) {
      return Optional.empty();
    }
    if (value instanceof String name && NAMED.containsKey(name)) {
      return Optional.of(NAMED.get(name));
    }
    if (value instanceof Map<?, ?> object) {
      // Keras 3 writes functions and layers as objects here.
      if (object.get("config") instanceof String name) {
        return of(new Settings(settings.where(), Map.of(key, name)), key);
      }
      Object kind = object.get("class_name");
      if (kind instanceof String name
          && LAYERS.containsKey(name)
          && object.get("config") instanceof Map<?, ?> values) {
        return Optional.of(layer(name, new Settings(settings.where(), values)));
      }
    }
    throw settings.unexpected(
        key,
        "one of linear, "
            + String.join(", ", NAMED.keySet().stream().sorted().toList())
            + "; others are not supported");
  }

  private static Op relu(Settings s) {
    double slope = s.number("negative_slope", 0);
    double max = s.number("max_value", Double.POSITIVE_INFINITY);
    if (s.number("threshold", 0) != 0) {
      throw s.unexpected("threshold", "0; others are not supported");
    }
    if (Double.isInfinite(max)) {
      return slope == 0 ? new Relu() : new Elementwise(Unary.LEAKY_RELU, slope, 0);
    }
    if (slope != 0) {
      throw s.unexpected("negative_slope", "0 where there is a max_value");
    }
    return new Elementwise(Unary.CLIP, 0, max);
  }

  private static Op leakyRelu(Settings s) {
    // Keras 2 calls it alpha.
    double slope = s.number("negative_slope", s.number("alpha", LEAKY_LAYER_SLOPE));
    return new Elementwise(Unary.LEAKY_RELU, slope, 0);
  }

  private static Op softmax(Settings s) {
    if (s.has("axis") && !List.of(-1L, List.of(-1L)).contains(s.raw("axis"))) {
      throw s.unexpected("axis", "-1, the channels; others are not supported");
    }
    return new Softmax();
  }
}
