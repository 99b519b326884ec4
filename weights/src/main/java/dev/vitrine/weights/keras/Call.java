package dev.vitrine.weights.keras;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MoveAxis;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One call of a Keras layer: what a {@link LayerReader} reads from and writes to. */
final class Call {

  /** What a layer of the engine gives. */
  record Output(Shape shape, Order order) {}

  private final String name;
  private final ModelConfig.LayerConfig layer;
  private final List<String> inputs;
  private final LayerWeights weights;
  private final Origin origin;
  private final NetworkBuilder network;
  private final Map<String, Output> outputs;

  /**
   * A call.
   *
   * @param name of the layer that the reader must add
   * @param inputs the engine's layers that the call reads
   * @param outputs of every layer so far, to which new ones are added
   */
  Call(
      String name,
      ModelConfig.LayerConfig layer,
      List<String> inputs,
      LayerWeights weights,
      Origin origin,
      NetworkBuilder network,
      Map<String, Output> outputs) {
    this.name = name;
    this.layer = layer;
    this.inputs = new ArrayList<>(inputs);
    this.weights = weights;
    this.origin = origin;
    this.network = network;
    this.outputs = outputs;
  }

  Settings settings() {
    return layer.settings();
  }

  /** Keras' class name. */
  String kind() {
    return layer.kind();
  }

  Origin origin() {
    return origin;
  }

  List<String> inputs() {
    return List.copyOf(inputs);
  }

  Shape shape(int input) {
    return outputs.get(inputs.get(input)).shape();
  }

  Order order(int input) {
    return outputs.get(inputs.get(input)).order();
  }

  /** The shape of the only input, {@code [1, h, w, c]}; seen by Keras as the settings say. */
  Shape image() {
    Shape x = only();
    if (x.rank() != 4) {
      throw refused("takes images [n, h, w, c], and is given " + x);
    }
    if (channelsFirst()) {
      channelsFirst(0);
    } else {
      same(0);
    }
    return only();
  }

  /** True if the settings say that Keras' channels come first. */
  boolean channelsFirst() {
    String otherwise = origin.channelsFirst() ? "channels_first" : "channels_last";
    return switch (settings().text("data_format", otherwise)) {
      case "channels_first" -> true;
      case "channels_last" -> false;
      default -> throw settings().unexpected("data_format", "channels_last or channels_first");
    };
  }

  /** True if kernels lie in the file with their outputs and inputs before height and width. */
  boolean outputsFirst() {
    return origin.torch() || (origin.keras() == 1 && channelsFirst());
  }

  /** The shape of the only input, however Keras sees it. */
  Shape only() {
    if (inputs.size() != 1) {
      throw refused("takes one input, and is given " + inputs.size());
    }
    return shape(0);
  }

  /** The shape of an input that lies as Keras sees it, after a copy if need be. */
  Shape same(int input) {
    String from = inputs.get(input);
    Output x = outputs.get(from);
    switch (x.order().kind()) {
      case SAME -> {}
      case CHANNELS_FIRST -> {
        inputs.set(
            input, add(from(input, ".first"), new MoveAxis(3, 1), List.of(from), Order.SAME));
      }
      case FLAT -> {
        int[] d = x.order().image().dims();
        Op image = new Reshape(List.of(d[1], d[2], d[3]));
        String whole = add(from(input, ".image"), image, List.of(from), Order.CHANNELS_FIRST);
        String first = add(from(input, ".first"), new MoveAxis(3, 1), List.of(whole), Order.SAME);
        inputs.set(input, add(from(input, ".row"), Reshape.flatten(), List.of(first), Order.SAME));
      }
    }
    return shape(input);
  }

  /** Has Keras' first axis after the batch as the engine's last, after a copy if need be. */
  private void channelsFirst(int input) {
    if (order(input).kind() == Order.Kind.SAME) {
      String from = inputs.get(input);
      inputs.set(
          input,
          add(from(input, ".last"), new MoveAxis(1, 3), List.of(from), Order.CHANNELS_FIRST));
    }
  }

  private String from(int input, String suffix) {
    return inputs.size() == 1 ? name + suffix : name + suffix + "." + input;
  }

  /**
   * The only input with one of Keras' axes as the engine's last.
   *
   * @param axis as Keras counts them; negative from the end
   */
  Shape along(String key, long axis) {
    Shape x = only();
    long fromZero = axis < 0 ? axis + x.rank() : axis;
    if (x.rank() == 4 && fromZero == 1) {
      channelsFirst(0);
    } else if (fromZero == x.rank() - 1) {
      same(0);
    } else {
      throw settings().unexpected(key, "-1, or 1 where channels come first");
    }
    return only();
  }

  /** The next weight, which lies in the file as the engine wants it. */
  Parameter weight(String role, int... shape) {
    return weight(role, Arrangement.of(shape));
  }

  Parameter weight(String role, Arrangement arrangement) {
    return weights.take(role, arrangement);
  }

  Parameter constant(String role, float[] values) {
    return weights.constant(role, Shape.of(values.length), values);
  }

  LayerWeights weights() {
    return weights;
  }

  /** Adds the layer that has the call's name. */
  void add(Op op, Parameter... parameters) {
    add(name, op, inputs, order(0), parameters);
  }

  /** Adds the layer that has the call's name, whose output Keras sees in the given way. */
  void add(Op op, Order order, Parameter... parameters) {
    add(name, op, inputs, order, parameters);
  }

  /** Adds the layer that has the call's name and reads others than the call's inputs. */
  void addAfter(List<String> from, Op op, Parameter... parameters) {
    add(name, op, from, outputs.get(from.get(0)).order(), parameters);
  }

  /**
   * Adds a layer on the way to the one that has the call's name.
   *
   * @param suffix follows the call's name
   * @return the layer's name
   */
  String step(String suffix, Op op, List<String> from, Parameter... parameters) {
    return add(name + suffix, op, from, outputs.get(from.get(0)).order(), parameters);
  }

  /** Adds a linear operation and the activation that the settings ask for after it. */
  void addActivated(Op op, List<Parameter> parameters) {
    addActivated(inputs, op, order(0), parameters);
  }

  /** The same after others than the call's inputs. */
  void addActivated(List<String> from, Op op, Order order, List<Parameter> parameters) {
    Parameter[] all = parameters.toArray(Parameter[]::new);
    Optional<Op> activation = Activations.of(settings(), "activation", origin.keras());
    if (activation.isEmpty()) {
      add(name, op, from, order, all);
      return;
    }
    String linear = add(name + ".pre", op, from, order, all);
    inputs.clear();
    inputs.add(linear);
    activate(activation.get());
  }

  /** Adds an activation of the only input under the call's name. */
  void activate(Op activation) {
    if (Activations.isAlongLastAxis(activation)) {
      same(0);
    }
    add(activation);
  }

  /** Adds a layer that does nothing. */
  void addIdentity() {
    only();
    add(new Identity(kind()));
  }

  private String add(String as, Op op, List<String> from, Order order, Parameter... parameters) {
    List<Shape> in = new ArrayList<>();
    from.forEach(input -> in.add(outputs.get(input).shape()));
    List.of(parameters).forEach(p -> in.add(p.value().shape()));
    try {
      Shape y = op.shape(in);
      boolean image = y.rank() == 4;
      boolean lost = order.kind() == Order.Kind.CHANNELS_FIRST && !image;
      outputs.put(as, new Output(y, lost ? Order.SAME : order));
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
