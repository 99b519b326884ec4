package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.weights.BadInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one layer in the file's legacy layout: the group {@code /model_weights/LAYER}
 * lists its datasets in {@code weight_names}. Keras goes by their order, their names differ from
 * version to version. A layer that is called twice has its weights once.
 */
final class LayerWeights {
  private final H5File file;
  private final String layer;
  private final Settings settings;
  private final Network.Builder network;
  private final String group;
  private final Map<String, Parameter> taken = new HashMap<>();
  private final Map<String, Parameter> constants = new HashMap<>();

  /** The datasets in Keras' order; null until a weight is asked for: most layers have none. */
  private List<String> names;

  LayerWeights(H5File file, String layer, Settings settings, Network.Builder network) {
    this.file = file;
    this.layer = layer;
    this.settings = settings;
    this.network = network;
    this.group = "/model_weights/" + layer;
  }

  /**
   * The layer's next weight, or the one that an earlier call of the layer took.
   *
   * @param role what Keras calls it: kernel, bias, gamma, ...
   * @param expected the shape that the configuration gives it
   */
  Parameter take(String role, Shape expected) {
    Parameter known = taken.get(role);
    if (known != null) {
      if (known.value().shape().equals(expected)) {
        return known;
      }
      throw mismatch(role, known.value().shape(), expected);
    }
    if (names == null) {
      names = file.texts(group, "weight_names");
    }
    if (taken.size() >= names.size()) {
      throw settings.refused(
          role
              + " is missing: "
              + group
              + (file.hasGroup(group) ? " lists only " + names.size() : " is not there")
              + "; save the whole model again");
    }
    String path = group + "/" + names.get(taken.size());
    H5Dataset dataset =
        file.dataset(path)
            .orElseThrow(
                () ->
                    settings.refused(
                        role
                            + " is missing: there is no dataset "
                            + path
                            + ", expected "
                            + expected
                            + "; save the whole model again"));
    if (!dataset.shape().equals(expected)) {
      throw mismatch(role, dataset.shape(), expected);
    }
    Parameter parameter = network.parameter(layer + "/" + role, expected, dataset.floats());
    taken.put(role, parameter);
    return parameter;
  }

  /** How many weights the file has beyond those that were taken, if any was. */
  int left() {
    return names == null ? 0 : names.size() - taken.size();
  }

  /** A weight that the layer does without in the file and the engine does not. */
  Parameter constant(String role, Shape shape, float[] values) {
    return constants.computeIfAbsent(
        role, k -> network.parameter(layer + "/" + role, shape, values));
  }

  private BadInputException mismatch(String role, Shape found, Shape expected) {
    return settings.refused(
        role
            + " is "
            + found
            + ", the network expects "
            + expected
            + "; configuration and weights do not belong together: save the whole model again");
  }
}
