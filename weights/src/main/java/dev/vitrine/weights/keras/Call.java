package dev.vitrine.weights.keras;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of a Keras layer: what a {@link LayerReader} reads from and writes to. */
final class Call {
  private final String name;
  private final ModelConfig.LayerConfig layer;
  private final List<String> inputs;
  private final LayerWeights weights;
  private final Network.Builder network;
  private final Map<String, Shape> shapes;

  /**
   * A call.
   *
   * @param name of the layer that the reader must add
   * @param inputs the engine's layers that the call reads
   * @param shapes of every layer so far, to which new ones are added
   */
  Call(
      String name,
      ModelConfig.LayerConfig layer,
      List<String> inputs,
      LayerWeights weights,
      Network.Builder network,
      Map<String, Shape> shapes) {
    this.name = name;
    this.layer = layer;
    this.inputs = inputs;
    this.weights = weights;
    this.network = network;
    this.shapes = shapes;
  }

  Settings settings() {
    return layer.settings();
  }

  /** Keras' class name. */
  String kind() {
    return layer.kind();
  }

  List<String> inputs() {
    return inputs;
  }

  Shape shape(int input) {
    return shapes.get(inputs.get(input));
  }

  /** The shape of the only input, {@code [1, h, w, c]}. */
  Shape image() {
    Shape x = only();
    if (x.rank() != 4) {
      throw refused("takes images [n, h, w, c], and is given " + x);
    }
    if (!settings().text("data_format", "channels_last").equals("channels_last")) {
      throw settings()
          .unexpected(
              "data_format",
              "channels_last; channels_first is not supported: build the model with channels_last");
    }
    return x;
  }

  /** The shape of the only input. */
  Shape only() {
    if (inputs.size() != 1) {
      throw refused("takes one input, and is given " + inputs.size());
    }
    return shape(0);
  }

  Parameter weight(String role, int... shape) {
    return weights.take(role, Shape.of(shape));
  }

  Parameter constant(String role, float[] values) {
    return weights.constant(role, Shape.of(values.length), values);
  }

  /** Adds the layer that has the call's name. */
  void add(Op op, Parameter... parameters) {
    add(name, op, inputs, parameters);
  }

  /** Adds the layer that has the call's name and reads others than the call's inputs. */
  void addAfter(List<String> from, Op op) {
    add(name, op, from);
  }

  /**
   * Adds a layer on the way to the one that has the call's name.
   *
   * @param suffix follows the call's name
   * @return the layer's name
   */
  String step(String suffix, Op op, List<String> from, Parameter... parameters) {
    return add(name + suffix, op, from, parameters);
  }

  /** Adds a linear operation and the activation that the settings ask for after it. */
  void addActivated(Op op, List<Parameter> parameters) {
    Parameter[] all = parameters.toArray(Parameter[]::new);
    Optional<Op> activation = Activations.of(settings(), "activation");
    if (activation.isPresent()) {
      addAfter(List.of(step(".pre", op, inputs, all)), activation.get());
    } else {
      add(op, all);
    }
  }

  /** Adds a layer that does nothing. */
  void addIdentity() {
    only();
    add(new Identity(kind()));
  }

  private String add(String as, Op op, List<String> from, Parameter... parameters) {
    List<Shape> in = new ArrayList<>();
    from.forEach(input -> in.add(shapes.get(input)));
    List.of(parameters).forEach(p -> in.add(p.value().shape()));
    try {
      shapes.put(as, op.shape(in));
      network.layer(as, op, from, List.of(parameters));
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw refused("cannot be: " + e.getMessage());
    }
    return as;
  }

  /** An error about this layer. */
  BadInputException refused(String what) {
    return settings().refused("layer " + layer.place() + ", " + kind() + ", " + what);
  }
}
