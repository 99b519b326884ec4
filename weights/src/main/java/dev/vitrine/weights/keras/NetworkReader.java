package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.Call.Output;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import dev.vitrine.weights.keras.ModelConfig.Source;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Builds a network of a structure and of weights, wherever they are kept. */
final class NetworkReader {
  /** Stands for a height or width that the model leaves open while channels are worked out. */
  private static final int ANY_SIZE = 1009;

  private final String file;
  private final ModelConfig config;
  private final WeightsLayout layout;
  private final Origin origin;
  private final NetworkBuilder network;
  private final Loading loading;
  private final Map<String, Output> outputs = new HashMap<>();
  private final Map<String, LayerWeights> weights = new HashMap<>();

  /** The engine's layer for each call that has been read. */
  private final Map<Source, String> read = new LinkedHashMap<>();

  private NetworkReader(
      String file,
      ModelConfig config,
      WeightsLayout layout,
      Origin origin,
      NetworkBuilder network,
      Loading loading) {
    this.file = file;
    this.config = config;
    this.layout = layout;
    this.origin = origin;
    this.network = network;
    this.loading = loading;
  }

  /**
   * Builds a network.
   *
   * @param file what messages call it
   * @throws BadInputException if a layer is not supported, or weights are missing or do not fit
   */
  static Network read(
      String file, ModelConfig config, WeightsLayout layout, Origin origin, Backend backend) {
    try (NetworkBuilder network = Network.on(backend);
        Loading loading = new Loading()) {
      new NetworkReader(file, config, layout, origin, network, loading).readLayers();
      loading.finish();
      return network.build();
    }
  }

  private void readLayers() {
    List<Pending> pending = new ArrayList<>();
    for (LayerConfig layer : config.layers()) {
      if (!layer.kind().equals("InputLayer") && LayerReaders.of(layer.kind()).isEmpty()) {
        throw unsupported(layer); // before any weight is read
      }
    }
    for (LayerConfig layer : config.layers()) {
      if (layer.kind().equals("InputLayer")) {
        input(layer);
      } else {
        for (int call = 0; call < layer.calls().size(); call++) {
          pending.add(new Pending(layer, call));
        }
      }
    }
    if (outputs.isEmpty()) {
      throw new BadInputException(file + ": the model has no InputLayer");
    }
    // The file's order is topological but for layers that are called more than once.
    while (!pending.isEmpty()) {
      List<Pending> waiting = new ArrayList<>();
      for (Pending p : pending) {
        if (read.keySet().containsAll(p.sources())) {
          readCall(p);
        } else {
          waiting.add(p);
        }
      }
      if (waiting.size() == pending.size()) {
        throw unreachable(waiting.get(0));
      }
      pending = waiting;
    }
    for (Source output : config.outputs()) {
      if (!read.containsKey(output)) {
        throw new BadInputException(
            file + ": the model's output " + output.layer() + " is no layer of it");
      }
    }
    network.output(read.get(config.outputs().get(0)));
  }

  private record Pending(LayerConfig layer, int call) {
    List<Source> sources() {
      return layer.calls().get(call);
    }

    String name() {
      return call == 0 ? layer.name() : layer.name() + "#" + call;
    }
  }

  private BadInputException unreachable(Pending p) {
    String missing =
        p.sources().stream()
            .filter(s -> !read.containsKey(s))
            .map(s -> s.layer() + " (call " + s.call() + ", output " + s.output() + ")")
            .findFirst()
            .orElse("nothing");
    return p.layer()
        .settings()
        .refused("reads " + missing + ", which the model does not compute; save it again");
  }

  /** Pictures; or what is no picture, given as one of a single channel or pixel. */
  private void input(LayerConfig layer) {
    Settings s = layer.settings();
    if (!outputs.isEmpty()) {
      throw s.refused("is a second input, and one is supported");
    }
    List<Integer> given = extents(s);
    String name = layer.name();
    Source source = new Source(name, 0, 0);
    if (given.size() == 3) {
      Optional<Object> said = said();
      boolean first = said.filter("channels_first"::equals).isPresent();
      int[] hwc = new int[3];
      for (int axis = 0; axis < 3; axis++) {
        hwc[axis] = Objects.requireNonNullElse(given.get(first ? (axis + 1) % 3 : axis), 0);
      }
      if (hwc[2] == 0) {
        throw s.unexpected(shapeKey(s), "images, [null, height, width, channels]");
      }
      network.input(name, Shape.of(1, hwc[0], hwc[1], hwc[2]));
      Shape some = Shape.of(1, orAny(hwc[0]), orAny(hwc[1]), hwc[2]);
      // A structure of the program's own says nothing, whoever wrote the weights.
      boolean seenFirst = first || (said.isEmpty() && origin.channelsFirst());
      outputs.put(name, new Output(some, seenFirst ? Order.CHANNELS_FIRST : Order.SAME));
      read.put(source, name);
      return;
    }
    if (given.isEmpty() || given.size() > 2 || given.contains(null)) {
      throw s.unexpected(shapeKey(s), "images, [null, height, width, channels]");
    }
    boolean row = given.size() == 1;
    Shape image =
        row ? Shape.of(1, 1, 1, given.get(0)) : Shape.of(1, given.get(0), given.get(1), 1);
    Reshape seen = new Reshape(given);
    network.input(name, image);
    network.layer(name + (row ? ".row" : ".map"), seen);
    outputs.put(name, new Output(image, Order.SAME));
    outputs.put(network.last(), new Output(seen.shape(List.of(image)), Order.SAME));
    read.put(source, network.last());
  }

  private static String shapeKey(Settings s) {
    return s.has("batch_shape") ? "batch_shape" : "batch_input_shape";
  }

  /** The extents after the batch's, null where the model leaves them open. */
  private static List<Integer> extents(Settings s) {
    if (!(s.batchShape() instanceof List<?> dims) || dims.isEmpty()) {
      throw s.unexpected(shapeKey(s), "images, [null, height, width, channels]");
    }
    List<Integer> extents = new ArrayList<>();
    for (Object dim : dims.subList(1, dims.size())) {
      if (dim instanceof Long extent && extent > 0 && extent <= Integer.MAX_VALUE) {
        extents.add(extent.intValue());
      } else if (dim == null) {
        extents.add(null);
      } else {
        throw s.unexpected(shapeKey(s), "images, [null, height, width, channels]");
      }
    }
    return extents;
  }

  /** Whether channels come first, as the first layer says that says it. */
  private Optional<Object> said() {
    return config.layers().stream()
        .map(layer -> layer.settings().raw("data_format"))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static int orAny(int extent) {
    return extent == 0 ? ANY_SIZE : extent;
  }

  private void readCall(Pending p) {
    LayerConfig layer = p.layer();
    LayerReader reader = LayerReaders.of(layer.kind()).orElseThrow();
    LayerWeights own =
        weights.computeIfAbsent(
            layer.name(), name -> new LayerWeights(layout, layer, network, loading));
    List<String> inputs = p.sources().stream().map(read::get).toList();
    if (inputs.isEmpty()) {
      throw layer.settings().refused("reads nothing; save the model again");
    }
    reader.read(new Call(p.name(), layer, inputs, own, origin, network, outputs));
    if (own.left() > 0) {
      throw layer
          .settings()
          .refused(
              "the file has "
                  + own.left()
                  + " weights more than "
                  + layer.kind()
                  + " takes with these settings; "
                  + layout.remedy());
    }
    read.put(new Source(layer.name(), p.call(), 0), p.name());
    aliases(layer, p);
  }

  /** What PyTorch calls the layer: its linear part first, then its activation. */
  private void aliases(LayerConfig layer, Pending p) {
    List<String> modules = layer.settings().modules();
    if (p.call() > 0 || modules.isEmpty()) {
      return;
    }
    String linear = layer.name() + ".pre";
    network.alias(modules.get(0), outputs.containsKey(linear) ? linear : layer.name());
    if (modules.size() > 1) {
      network.alias(modules.get(1), layer.name());
    }
  }

  private BadInputException unsupported(LayerConfig layer) {
    boolean cuttable = layer.calls().size() == 1 && layer.calls().get(0).size() == 1;
    return layer
        .settings()
        .refused(
            String.format(
                "layer %d of %d, %s, is not supported; build the model without it%s",
                layer.place(),
                config.layers().size(),
                layer.kind(),
                cuttable
                    ? ", or save what is before it: keras.Model(model.input, model.get_layer('"
                        + layer.calls().get(0).get(0).layer()
                        + "').output)"
                    : ""));
  }
}
