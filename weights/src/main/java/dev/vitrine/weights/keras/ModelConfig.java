package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The structure of a model as its file's {@code model_config} tells it, Keras 2's and 3's ways of
 * writing it made one.
 *
 * @param layers in the file's order, the input first
 * @param output what the model returns
 */
record ModelConfig(List<LayerConfig> layers, Source output) {

  /** One output of one call of a layer. */
  record Source(String layer, int call, int output) {}

  /**
   * A layer.
   *
   * @param place where it stands in the file, from 1
   * @param kind Keras' class name
   * @param calls what each call of the layer reads
   */
  record LayerConfig(
      int place, String kind, String name, Settings settings, List<List<Source>> calls) {}

  static ModelConfig parse(String file, String json) {
    if (!(Json.read(file + ": model_config", json) instanceof Map<?, ?> root)) {
      throw new BadInputException(file + ": model_config is no JSON object");
    }
    String kind = String.valueOf(root.get("class_name"));
    Object config = root.get("config");
    return switch (kind) {
      case "Sequential" -> sequential(file, config);
      case "Functional", "Model" -> functional(file, config);
      default ->
          throw new BadInputException(
              file
                  + ": the model is a "
                  + kind
                  + ", expected Sequential or Functional; "
                  + "a subclassed model does not say what it computes: rebuild it as one of these");
    };
  }

  private static ModelConfig sequential(String file, Object config) {
    // Before Keras 2.2.3 the configuration was the bare list of layers.
    Object list = config instanceof Map<?, ?> map ? map.get("layers") : config;
    List<LayerConfig> layers = new ArrayList<>();
    Source last = null;
    for (Object entry : entries(file, list)) {
      LayerConfig layer = layer(file, layers.size() + 1, entry);
      if (last == null && !layer.kind().equals("InputLayer")) {
        LayerConfig input = input(file, layer, config);
        layers.add(input);
        last = new Source(input.name(), 0, 0);
      }
      layers.add(
          new LayerConfig(
              layer.place(),
              layer.kind(),
              layer.name(),
              layer.settings(),
              last == null ? List.of() : List.of(List.of(last))));
      last = new Source(layer.name(), 0, 0);
    }
    return new ModelConfig(List.copyOf(layers), last);
  }

  /** The input that a Sequential model without an InputLayer implies. */
  private static LayerConfig input(String file, LayerConfig first, Object config) {
    Object shape = first.settings().raw("batch_input_shape");
    if (shape == null && config instanceof Map<?, ?> map) {
      shape = map.get("build_input_shape");
    }
    if (shape == null) {
      throw new BadInputException(
          file
              + ": the model does not say what it takes; "
              + "build it in Keras with an Input(shape=(h, w, c)) and save it again");
    }
    String name = first.name() + "_input";
    Settings settings = new Settings(name + " in " + file, Map.of("batch_shape", shape));
    return new LayerConfig(0, "InputLayer", name, settings, List.of());
  }

  private static ModelConfig functional(String file, Object config) {
    if (!(config instanceof Map<?, ?> map)) {
      throw new BadInputException(file + ": model_config has no layers");
    }
    List<LayerConfig> layers = new ArrayList<>();
    for (Object entry : entries(file, map.get("layers"))) {
      layers.add(layer(file, layers.size() + 1, entry));
    }
    one(file, "input", map.get("input_layers"));
    return new ModelConfig(List.copyOf(layers), one(file, "output", map.get("output_layers")));
  }

  private static Source one(String file, String what, Object value) {
    List<Source> ends = new ArrayList<>();
    collect(value, ends);
    if (ends.size() != 1) {
      throw new BadInputException(
          file
              + ": the model has "
              + ends.size()
              + " "
              + what
              + "s, expected one; make a keras.Model with one of each and save that");
    }
    return ends.get(0);
  }

  private static List<?> entries(String file, Object list) {
    if (list instanceof List<?> entries && !entries.isEmpty()) {
      return entries;
    }
    throw new BadInputException(file + ": model_config has no layers");
  }

  private static LayerConfig layer(String file, int place, Object entry) {
    if (!(entry instanceof Map<?, ?> map)
        || !(map.get("class_name") instanceof String kind)
        || !(map.get("config") instanceof Map<?, ?> values)) {
      throw new BadInputException(
          file + ": layer " + place + " of model_config has no class_name and config");
    }
    Object name = map.get("name") == null ? values.get("name") : map.get("name");
    if (!(name instanceof String text)) {
      throw new BadInputException(file + ": layer " + place + " of model_config has no name");
    }
    Settings settings = new Settings(text + " in " + file, values);
    List<List<Source>> calls = new ArrayList<>();
    if (map.get("inbound_nodes") instanceof List<?> nodes) {
      for (Object node : nodes) {
        List<Source> sources = new ArrayList<>();
        if (node instanceof Map<?, ?> call && call.get("args") instanceof List<?> arguments) {
          for (Object argument : arguments) {
            if (!collect(argument, sources)) {
              throw settings.refused(
                  "layer "
                      + place
                      + " is the operation "
                      + kind
                      + " with the constant "
                      + argument
                      + ", which is not supported; use layers only");
            }
          }
          collect(call.get("kwargs"), sources);
        } else {
          collect(node, sources);
        }
        calls.add(List.copyOf(sources));
      }
    }
    return new LayerConfig(place, kind, text, settings, List.copyOf(calls));
  }

  /**
   * Finds references to layers' outputs, however they are nested: Keras 3's tensors, with a
   * keras_history, and Keras 2's {@code ["conv1", 0, 0]} or {@code ["conv1", 0, 0, {}]}.
   *
   * @return false if the value is neither a reference nor holds any
   */
  private static boolean collect(Object value, List<Source> to) {
    if (value instanceof Map<?, ?> map) {
      if ("__keras_tensor__".equals(map.get("class_name"))
          && map.get("config") instanceof Map<?, ?> tensor) {
        return collect(tensor.get("keras_history"), to);
      }
      boolean found = false;
      for (Object inner : map.values()) {
        found |= collect(inner, to);
      }
      return found;
    }
    if (value instanceof List<?> list) {
      if (list.size() >= 3
          && list.get(0) instanceof String layer
          && list.get(1) instanceof Long call
          && list.get(2) instanceof Long output) {
        return to.add(new Source(layer, call.intValue(), output.intValue()));
      }
      boolean found = false;
      for (Object inner : list) {
        found |= collect(inner, to);
      }
      return found;
    }
    return false;
  }
}
