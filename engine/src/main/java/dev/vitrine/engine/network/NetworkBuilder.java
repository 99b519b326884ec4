package dev.vitrine.engine.network;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Collects a network's layers in topological order; {@link Network#on} starts one. Closing it
 * before {@link #build} frees the weights.
 */
public final class NetworkBuilder implements AutoCloseable {
  private final Backend backend;
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Map<String, String> aliases = new HashMap<>();
  private final Scope weights;
  private String input;
  private Shape inputShape;
  private String last;
  private String output;
  private boolean built;

  NetworkBuilder(Backend backend) {
    this.backend = backend;
    this.weights = new Scope(backend);
  }

  /**
   * The input's name and shape {@code [1, h, w, c]}, h and w 0 where any will do. Comes first.
   *
   * @throws IllegalArgumentException if the shape is not of that form
   * @throws IllegalStateException if there is an input already
   */
  public NetworkBuilder input(String name, Shape shape) {
    if (input != null) {
      throw new IllegalStateException(
          "input " + name + " comes after input " + input + "; a network has one");
    }
    if (shape.rank() != 4 || shape.dim(0) != 1 || shape.dim(3) < 1) {
      throw new IllegalArgumentException(
          "input " + name + " is " + shape + ", it should be [1, h, w, c]");
    }
    input = name;
    inputShape = shape;
    last = name;
    return this;
  }

  /** Uploads a weight. */
  public Parameter parameter(String name, Shape shape, float[] values) {
    return new Parameter(name, weights.of(shape, values).named(name));
  }

  /** A weight whose values the caller uploads, in slices say. */
  public Parameter parameter(String name, Shape shape) {
    return parameter(name, shape, false);
  }

  Parameter parameter(String name, Shape shape, boolean constant) {
    return new Parameter(name, weights.make(shape).named(name), constant);
  }

  /** Uploads what is no weight of the network, see {@link Parameter#constant}. */
  public Parameter constant(String name, Shape shape, float[] values) {
    return new Parameter(name, weights.of(shape, values).named(name), true);
  }

  /** Appends a layer that reads the one before it. */
  public NetworkBuilder layer(String name, Op op, Parameter... parameters) {
    checkInput();
    return layer(name, op, List.of(last), List.of(parameters));
  }

  /**
   * Appends a layer.
   *
   * @throws IllegalArgumentException if the name is taken or an input is not known yet
   */
  public NetworkBuilder layer(String name, Op op, List<String> inputs, List<Parameter> parameters) {
    if (layers.containsKey(name) || name.equals(input)) {
      throw new IllegalArgumentException("layer " + name + " stands in the network twice");
    }
    for (String in : inputs) {
      if (!layers.containsKey(in) && !in.equals(input)) {
        throw new IllegalArgumentException("layer " + name + " reads " + in + ", which is unknown");
      }
    }
    layers.put(name, new Layer(name, op, List.copyOf(inputs), List.copyOf(parameters)));
    last = name;
    return this;
  }

  /**
   * Gives a layer another name to be found by.
   *
   * @throws IllegalArgumentException if there is no such layer, or a layer has that name
   */
  public NetworkBuilder alias(String alias, String layer) {
    if (!layers.containsKey(layer) || layers.containsKey(alias)) {
      throw new IllegalArgumentException(
          "alias " + alias + " of " + layer + ": there is no such layer, or one of that name");
    }
    aliases.put(alias, layer);
    return this;
  }

  /** The layer whose output is the network's; the last one if not said. */
  public NetworkBuilder output(String name) {
    output = name;
    return this;
  }

  /** The name of the last layer so far. */
  public String last() {
    return last;
  }

  /**
   * Builds the network, which owns the weights from now on, and freezes them.
   *
   * @throws IllegalArgumentException if shapes do not fit, if two weights have one name, or if the
   *     output is not among the layers
   * @throws IllegalStateException if there is no input, or if it has been built already
   */
  public Network build() {
    checkInput();
    if (built) {
      throw new IllegalStateException("this builder's network is built; start another one");
    }
    Network network =
        new Network(backend, input, inputShape, layers, aliases, output == null ? last : output);
    network.layer(network.output());
    Set<String> names = new HashSet<>();
    for (Parameter p : network.parameters()) {
      if (!names.add(p.name())) {
        throw new IllegalArgumentException(
            "two weights are called " + p.name() + "; share one or give them two names");
      }
    }
    if (inputShape.dim(1) > 0 && inputShape.dim(2) > 0) {
      network.shapes(inputShape);
    }
    network.parameters().forEach(p -> backend.freeze(p.value().buffer()));
    network.parameters().forEach(p -> p.value().keep());
    weights.close();
    built = true;
    return network;
  }

  private void checkInput() {
    if (input == null) {
      throw new IllegalStateException("the network has no input yet: call input(...) first");
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
