package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import dev.vitrine.weights.keras.ModelConfig.Source;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a network of a Keras model in HDF5: a full model, structure and weights, as {@code
 * model.save("model.h5")} writes it in Keras 2 and 3. Or of a file of weights alone and an {@link
 * Architecture}.
 *
 * <p>A layer has Keras' name and Keras' output. Where a Keras layer holds an activation, what comes
 * before it is the layer {@code NAME.pre}. The second call of a layer is {@code NAME#1}, the third
 * {@code NAME#2}; they share their weights.
 */
public final class KerasImporter {
  /** Stands for a height or width that the model leaves open while channels are worked out. */
  private static final int ANY_SIZE = 1009;

  private final H5File file;
  private final ModelConfig config;
  private final WeightsLayout layout;
  private final Network.Builder network;
  private final Map<String, Shape> shapes = new HashMap<>();
  private final Map<String, LayerWeights> weights = new HashMap<>();

  /** The engine's layer for each call that has been read. */
  private final Map<Source, String> read = new LinkedHashMap<>();

  private KerasImporter(
      H5File file, ModelConfig config, WeightsLayout layout, Network.Builder network) {
    this.file = file;
    this.config = config;
    this.layout = layout;
    this.network = network;
  }

  /**
   * Reads a file.
   *
   * @throws BadInputException if it is no such file, is damaged, or holds a layer that is not
   *     supported
   */
  public static Network read(Path path, Backend backend) {
    try (H5File file = H5File.open(path)) {
      return read(file, backend);
    }
  }

  /**
   * Reads a file that lies in memory.
   *
   * @param name what messages call it
   * @throws BadInputException as {@link #read(Path, Backend)}
   */
  public static Network read(String name, byte[] bytes, Backend backend) {
    try (H5File file = H5File.of(name, bytes)) {
      return read(file, backend);
    }
  }

  /**
   * Reads a file that holds only weights, as {@code model.save_weights("weights.h5")} wrote it in
   * Keras 1 and 2, into a known structure. Layer by layer in their order, as Keras' {@code
   * load_weights} does, whatever the layers are called.
   *
   * @throws BadInputException if it is no such file, is damaged, or holds other layers
   */
  public static Network read(Path path, Architecture architecture, Backend backend) {
    try (H5File file = H5File.open(path)) {
      checkKernels(file);
      ModelConfig config = architecture.config(file.name());
      return read(
          file, config, WeightsLayout.ofWeights(file, architecture.title(), config), backend);
    }
  }

  private static Network read(H5File file, Backend backend) {
    String json =
        file.text("/", "model_config")
            .orElseThrow(
                () ->
                    new BadInputException(
                        file.name()
                            + ": holds no model_config, only weights at best, "
                            + "expected a full model; model.save('model.h5') writes one"));
    checkVersion(file);
    checkKernels(file);
    ModelConfig config = ModelConfig.parse(file.name(), json);
    return read(file, config, WeightsLayout.ofWholeModel(file, config), backend);
  }

  private static Network read(
      H5File file, ModelConfig config, WeightsLayout layout, Backend backend) {
    try (Network.Builder network = Network.on(backend)) {
      new KerasImporter(file, config, layout, network).readLayers();
      return network.build();
    }
  }

  private static void checkVersion(H5File file) {
    String version = file.text("/", "keras_version").orElse("2");
    if (version.startsWith("0.") || version.startsWith("1.")) {
      throw new BadInputException(
          file.name()
              + ": was written by Keras "
              + version
              + ", expected 2 or 3; load it in Keras 2 and save it again");
    }
  }

  private static void checkKernels(H5File file) {
    if (file.text("/", "backend").orElse("").equals("theano")) {
      throw new BadInputException(
          file.name()
              + ": was written with the Theano backend, whose kernels are rotated; "
              + "load it in Keras with TensorFlow and save it again");
    }
  }

  private void readLayers() {
    List<Pending> pending = new ArrayList<>();
    for (LayerConfig layer : config.layers()) {
      if (layer.kind().equals("InputLayer")) {
        input(layer);
      } else if (LayerReaders.of(layer.kind()).isEmpty()) {
        throw unsupported(layer); // before any weight is read
      } else {
        for (int call = 0; call < layer.calls().size(); call++) {
          pending.add(new Pending(layer, call));
        }
      }
    }
    if (shapes.isEmpty()) {
      throw new BadInputException(file.name() + ": the model has no InputLayer");
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
    String output = read.get(config.output());
    if (output == null) {
      throw new BadInputException(
          file.name() + ": the model's output " + config.output().layer() + " is no layer of it");
    }
    network.output(output);
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

  private void input(LayerConfig layer) {
    Settings s = layer.settings();
    if (!shapes.isEmpty()) {
      throw s.refused("is a second input, and one is supported");
    }
    String key = s.has("batch_shape") ? "batch_shape" : "batch_input_shape";
    if (!(s.raw(key) instanceof List<?> dims) || dims.size() != 4) {
      throw s.unexpected(key, "images, [null, height, width, channels]");
    }
    int[] given = new int[4];
    for (int axis = 1; axis < 4; axis++) {
      Object dim = dims.get(axis);
      if (dim instanceof Long extent && extent > 0 && extent <= Integer.MAX_VALUE) {
        given[axis] = extent.intValue();
      } else if (dim != null || axis == 3) {
        throw s.unexpected(key, "images, [null, height, width, channels]");
      }
    }
    network.input(layer.name(), Shape.of(1, given[1], given[2], given[3]));
    shapes.put(layer.name(), Shape.of(1, orAny(given[1]), orAny(given[2]), given[3]));
    read.put(new Source(layer.name(), 0, 0), layer.name());
  }

  private static int orAny(int extent) {
    return extent == 0 ? ANY_SIZE : extent;
  }

  private void readCall(Pending p) {
    LayerConfig layer = p.layer();
    LayerReader reader = LayerReaders.of(layer.kind()).orElseThrow();
    LayerWeights own =
        weights.computeIfAbsent(
            layer.name(), name -> new LayerWeights(file, layout, name, layer.settings(), network));
    List<String> inputs = p.sources().stream().map(read::get).toList();
    reader.read(new Call(p.name(), layer, inputs, own, network, shapes));
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
