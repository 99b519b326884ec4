package dev.vitrine.weights.keras;

import dev.vitrine.weights.keras.ModelConfig.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a configuration says of who reads whose output. */
final class Inbound {
  private Inbound() {}

  /** What each call of a layer reads. */
  static List<List<Source>> calls(Map<?, ?> layer, int place, String kind, Settings settings) {
    List<List<Source>> calls = new ArrayList<>();
    if (layer.get("inbound_nodes") instanceof List<?> nodes) {
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
    return calls;
  }

  /**
   * Finds references to layers' outputs, however they are nested: Keras 3's tensors, with a
   * keras_history, and Keras 2's {@code ["conv1", 0, 0]} or {@code ["conv1", 0, 0, {}]}.
   *
   * @return false if the value is neither a reference nor holds any
   */
  static boolean collect(Object value, List<Source> to) {
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
