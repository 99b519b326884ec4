package dev.vitrine.engine.network;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Repeated;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A convolutional network: named layers in topological order, their weights, and the hooks that
 * look inside. Built by {@link NetworkBuilder}; {@link #forward} runs it. The network owns its
 * weights. One thread at a time.
 */
public final class Network implements AutoCloseable {
  private final Backend backend;
  private final String input;
  private final Shape inputShape;
  private final Map<String, Layer> layers;
  private final Map<String, String> aliases;
  private final String output;
  private final Hooks hooks = new Hooks();
  private final Plans plans;
  private boolean training;

  Network(
      Backend backend,
      String input,
      Shape inputShape,
      Map<String, Layer> layers,
      Map<String, String> aliases,
      String output) {
    this.backend = backend;
    this.input = input;
    this.inputShape = inputShape;
    this.layers = new LinkedHashMap<>(layers);
    this.aliases = Map.copyOf(aliases);
    this.output = output;
    this.plans = new Plans(backend);
  }

  /** Starts a network on a backend. */
  public static NetworkBuilder on(Backend backend) {
    return new NetworkBuilder(backend);
  }

  /** The device. */
  public Backend backend() {
    return backend;
  }

  /** The name of the input. */
  public String input() {
    return input;
  }

  /** {@code [1, h, w, c]} as the network was made for; h and w are 0 where any will do. */
  public Shape inputShape() {
    return inputShape;
  }

  /** The name of the layer whose output is the network's. */
  public String output() {
    return output;
  }

  /** The layers in topological order. */
  public List<Layer> layers() {
    return List.copyOf(layers.values());
  }

  /** True if there is a layer of that name or alias. */
  public boolean has(String name) {
    return layers.containsKey(name) || aliases.containsKey(name);
  }

  /** What else a layer is called: alias to name. */
  public Map<String, String> aliases() {
    return aliases;
  }

  /**
   * A layer by name or alias. Runs know layers by their names alone.
   *
   * @throws UnknownLayerException if there is none
   */
  public Layer layer(String name) {
    Layer layer = layers.get(aliases.getOrDefault(name, name));
    if (layer == null) {
      throw new UnknownLayerException(name, layers.keySet());
    }
    return layer;
  }

  /** Every weight, in the order of the layers; one shared by several layers once. */
  public List<Parameter> parameters() {
    return layers.values().stream().flatMap(l -> l.parameters().stream()).distinct().toList();
  }

  /** The number of weights, constants not counted. */
  public long parameterCount() {
    return parameters().stream().mapToLong(Parameter::count).sum();
  }

  /**
   * The output shape of every layer, and of the input, for input {@code [n, h, w, c]}.
   *
   * @throws IllegalArgumentException naming the layer that it does not fit
   */
  public Map<String, Shape> shapes(Shape x) {
    return shapes(x, layers.values());
  }

  /**
   * As {@link #shapes(Shape)}, of the layers that a run would compute.
   *
   * @throws UnknownLayerException if it listens to a layer that is not there
   */
  public Map<String, Shape> shapes(Shape x, Listen listen) {
    return shapes(x, needed(input, listen));
  }

  /** As {@link #shapes(Shape, Listen)}, of the layers that a run from one of them would compute. */
  public Map<String, Shape> shapesFrom(String layer, Shape x, Listen listen) {
    if (layer.equals(input)) {
      return shapes(x, listen);
    }
    String name = layer(layer).name();
    return shapes(name, x, needed(name, listen));
  }

  private Map<String, Shape> shapes(Shape x, Collection<Layer> of) {
    if (x.rank() != 4 || x.dim(3) != inputShape.dim(3)) {
      throw new IllegalArgumentException(
          "input "
              + x
              + " does not fit the network, which takes [n, h, w, "
              + inputShape.dim(3)
              + "]");
    }
    return shapes(input, x, of);
  }

  private static Map<String, Shape> shapes(String from, Shape x, Collection<Layer> of) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(from, x);
    for (Layer layer : of) {
      List<Shape> in = new ArrayList<>();
      layer.inputs().forEach(name -> in.add(shapes.get(name)));
      layer.parameters().forEach(p -> in.add(p.value().shape()));
      try {
        shapes.put(layer.name(), layer.op().shape(in));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "layer " + layer.name() + ": " + e.getMessage() + " (for an input of " + x + ")", e);
      }
    }
    return shapes;
  }

  /**
   * How many images of one size fit into a number of bytes, at least 1: an upper bound on what a
   * run holds is every layer's output, and with gradients their gradients and switches too.
   */
  public int imagesWithin(long bytes, int h, int w, boolean gradients) {
    return imagesWithin(bytes, h, w, new Listen(Set.of(), gradients, false));
  }

  /** As {@link #imagesWithin(long, int, int, boolean)}, of the layers that a run would compute. */
  public int imagesWithin(long bytes, int h, int w, Listen listen) {
    long elements =
        shapes(Shape.of(1, h, w, inputShape.dim(3)), listen).values().stream()
            .mapToLong(Shape::size)
            .sum();
    long each = elements * Float.BYTES * (listen.gradients() ? 3 : 1);
    return (int) Math.max(1, Math.min(bytes / each, Integer.MAX_VALUE));
  }

  /**
   * Runs the network on {@code x [n, h, w, c]}, which stays the caller's.
   *
   * @throws UnknownLayerException if it listens to a layer that is not there
   * @throws IllegalArgumentException if the images do not fit, naming the layer
   */
  public Run forward(Tensor x, Listen listen) {
    check(x, listen);
    return new Run(this, input, x, listen);
  }

  /**
   * Runs the network on a tape that has made {@code x}, so that gradients flow on into what came
   * before. The tape's scope owns what the run makes.
   *
   * @throws UnknownLayerException if it listens to a layer that is not there
   * @throws IllegalArgumentException if the images do not fit, naming the layer
   */
  public Run forward(Tape tape, Tensor x, Listen listen) {
    check(x, listen);
    return new Run(this, tape, x, listen);
  }

  /**
   * Runs the network from a layer on, on {@code x} in the place of that layer's output; it stays
   * the caller's and is the run's input. What comes before does not run, nor do the layer's hooks.
   *
   * @throws UnknownLayerException if there is no such layer, or it listens to one
   * @throws IllegalArgumentException if something wanted does not depend on the layer alone, or if
   *     shapes do not fit
   */
  public Run forwardFrom(String layer, Tensor x, Listen listen) {
    String name = layer(layer).name();
    plans.check(
        new Plans.Input(name, x.shape(), listen), () -> shapesFrom(name, x.shape(), listen));
    return new Run(this, name, x, listen);
  }

  private void check(Tensor x, Listen listen) {
    plans.check(new Plans.Input(input, x.shape(), listen), () -> shapes(x.shape(), listen));
  }

  /** Runs the network for its output alone. */
  public Run forward(Tensor x) {
    return forward(x, Listen.toOutput());
  }

  Plan plan(Listen listen) {
    return plan(input, listen);
  }

  Plan plan(String from, Listen listen) {
    Set<String> alone = new HashSet<>(hooks.onForward());
    if (listen.gradients()) {
      alone.addAll(hooks.onBackward());
    }
    boolean fold = !training && !listen.weights();
    return plans.plan(
        new Plans.Key(from, listen.layers(), listen.output(), alone, fold),
        () -> needed(from, listen),
        output);
  }

  /** The layers after one that something wanted depends on, in topological order. */
  private List<Layer> needed(String from, Listen listen) {
    listen.layers().forEach(this::layer);
    Set<String> names = new HashSet<>(listen.layers());
    if (listen.output()) {
      names.add(output);
    }
    List<Layer> found = new ArrayList<>();
    List<Layer> all = layers();
    for (int i = all.size() - 1; i >= 0; i--) {
      if (names.contains(all.get(i).name()) && !all.get(i).name().equals(from)) {
        found.add(all.get(i));
        names.addAll(all.get(i).inputs());
      }
    }
    if (names.contains(input) && !from.equals(input)) {
      throw new IllegalArgumentException(
          "a run from layer "
              + from
              + " cannot tell all that is wanted: some of it depends on other layers");
    }
    Collections.reverse(found);
    return found;
  }

  Hooks hooks() {
    return hooks;
  }

  /**
   * Registers a hook that sees a layer's output. Hooks run in order of registration.
   *
   * @throws UnknownLayerException if there is no such layer
   */
  public Hook onForward(String layer, ForwardHook hook) {
    return hooks.addForward(List.of(layer(layer)), hook);
  }

  /** Registers a hook that sees what a layer sends back. */
  public Hook onBackward(String layer, BackwardHook hook) {
    return onBackwardEach(layer, single(hook));
  }

  /** Registers a hook on every layer of one kind, {@code Relu.class} say. */
  public Hook onBackward(Class<? extends Op> kind, BackwardHook hook) {
    return hooks.addBackward(select(kind), single(hook));
  }

  /** Registers a hook that sees and replaces the gradients at all of a layer's inputs. */
  public Hook onBackwardEach(String layer, BackwardHook.Each hook) {
    return hooks.addBackward(List.of(layer(layer)), hook);
  }

  private List<Layer> select(Class<? extends Op> kind) {
    Predicate<Layer> fits = l -> kind.isInstance(l.op());
    List<Layer> found = layers.values().stream().filter(fits).toList();
    if (found.isEmpty()) {
      throw new IllegalArgumentException(
          "the network has no layer of kind " + kind.getSimpleName() + " for the hook to run on");
    }
    return found;
  }

  private static BackwardHook.Each single(BackwardHook hook) {
    return c -> {
      c.gradInput(); // refuses layers of several inputs
      Tensor replaced = hook.gradient(c);
      return replaced == null ? null : List.of(replaced);
    };
  }

  /**
   * Prepares a step with this network to be run many times, see {@link Backend#repeat}. Where hooks
   * listen they hear every run, so nothing is written down then.
   *
   * @throws IllegalStateException from a run, if the first hook came or the last one went since
   */
  public Repeated repeat(Runnable step) {
    boolean heard = !hooks.isEmpty();
    Repeated repeated = heard ? Repeated.byRunning(backend, step) : backend.repeat(step);
    return new Repeated() {
      @Override
      public void run() {
        if (heard == hooks.isEmpty()) {
          throw new IllegalStateException(
              "a hook was %s while a step is repeated; do so before it or after it"
                  .formatted(heard ? "closed" : "registered"));
        }
        repeated.run();
      }

      @Override
      public void close() {
        repeated.close();
      }
    };
  }

  /** Lets the weights be changed: packed forms are given up, normalizations no longer folded. */
  public void train() {
    if (!training) {
      training = true;
      plans.drop();
      parameters().forEach(p -> backend.thaw(p.value().buffer()));
    }
  }

  /** Freezes the weights again. */
  public void freeze() {
    if (training) {
      training = false;
      parameters().forEach(p -> backend.freeze(p.value().buffer()));
    }
  }

  /** A copy of the network on another backend, without its hooks. */
  public Network copyTo(Backend other) {
    try (NetworkBuilder b = on(other).input(input, inputShape)) {
      Map<Parameter, Parameter> copies = new HashMap<>();
      for (Parameter p : parameters()) {
        copies.put(p, b.parameter(p.name(), p.value().shape(), p.constant()));
        copy(p.value(), copies.get(p).value());
      }
      for (Layer l : layers.values()) {
        b.layer(l.name(), l.op(), l.inputs(), l.parameters().stream().map(copies::get).toList());
      }
      aliases.forEach(b::alias);
      return b.output(output).build();
    }
  }

  /** In double, so that nothing is lost, and in slices, since VGG16's largest weight is 400 MB. */
  private static void copy(Tensor from, Tensor to) {
    long size = from.shape().size();
    double[] slice = new double[(int) Math.min(size, 1 << 20)];
    for (long at = 0; at < size; at += slice.length) {
      int count = (int) Math.min(slice.length, size - at);
      from.backend().download(from.buffer(), at, slice, 0, count);
      to.backend().upload(to.buffer(), at, slice, 0, count);
    }
  }

  /** Frees the weights. Idempotent. */
  @Override
  public void close() {
    plans.drop();
    parameters().forEach(p -> p.value().close());
  }
}
