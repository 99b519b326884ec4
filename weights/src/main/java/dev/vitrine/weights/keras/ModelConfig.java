package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The structure of a model as its file's {@code model_config} tells it, every Keras' way of writing
 * it made one and nested models unfolded: the layer {@code conv1} of the nested model {@code base}
 * is {@code base/conv1}.
 *
 * @param layers in the file's order, the input first
 * @param outputs what the model returns
 */
record ModelConfig(List<LayerConfig> layers, List<Source> outputs) {

  /** One output of one call of a layer. */
  record Source(String layer, int call, int output) {}

  /**
   * A layer.
   *
   * @param place where it stands in the file, from 1
   * @param kind Keras' class name
   * @param name the nested models' names before it
   * @param path its own name, after those of the nested models that it is in
   * @param stored where Keras 3 keeps its weights: {@code layers/functional/layers/conv2d_1}
   * @param calls what each call of the layer reads
   */
  record LayerConfig(
      int place,
      String kind,
      String name,
      List<String> path,
      String stored,
      Settings settings,
      List<List<Source>> calls) {

    LayerConfig with(List<List<Source>> calls) {
      return new LayerConfig(place, kind, name, path, stored, settings, calls);
    }
  }

  static ModelConfig parse(String file, String json) {
    return of(file, Json.read(file + ": model_config", json));
  }

  /** The structure that a parsed configuration tells. */
  static ModelConfig of(String file, Object json) {
    if (!(json instanceof Map<?, ?> root)) {
      throw new BadInputException(file + ": model_config is no JSON object");
    }
    return new ConfigReader(file).whole(root);
  }

  /** What leads to a layer, which is the output then; any size of picture will do. */
  ModelConfig upTo(String last) {
    Set<String> wanted = new HashSet<>(Set.of(last));
    List<LayerConfig> kept = new ArrayList<>();
    for (int i = layers.size() - 1; i >= 0; i--) {
      LayerConfig layer = layers.get(i);
      if (wanted.contains(layer.name())) {
        layer.calls().forEach(call -> call.forEach(source -> wanted.add(source.layer())));
        kept.add(0, layer.kind().equals("InputLayer") ? ofAnySize(layer) : layer);
      }
    }
    return new ModelConfig(List.copyOf(kept), List.of(new Source(last, 0, 0)));
  }

  private static LayerConfig ofAnySize(LayerConfig input) {
    List<Object> shape = new ArrayList<>((List<?>) input.settings().raw("batch_shape"));
    shape.set(1, null);
    shape.set(2, null);
    Settings open = new Settings(input.settings().where(), Map.of("batch_shape", shape));
    return new LayerConfig(
        input.place(),
        input.kind(),
        input.name(),
        input.path(),
        input.stored(),
        open,
        input.calls());
  }
}
