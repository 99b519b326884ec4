package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.weights.BadInputException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one layer in the file's legacy layout: the layer's group lists its datasets in
 * {@code weight_names}. Keras goes by their order, their names differ from version to version. A
 * layer that is called twice has its weights once.
 */
final class LayerWeights {
  private final H5File file;
  private final String layer;
  private final Settings settings;
  private final Network.Builder network;
  private final String group;
  private final String remedy;
  private final Map<String, Parameter> taken = new HashMap<>();
  private final Map<String, Parameter> constants = new HashMap<>();

  /** The datasets in Keras' order; null until a weight is asked for: most layers have none. */
  private List<String> names;

  LayerWeights(
      H5File file, WeightsLayout layout, String layer, Settings settings, Network.Builder network) {
    this.file = file;
    this.layer = layer;
    this.settings = settings;
    this.network = network;
    this.group = layout.group(layer);
    this.remedy = layout.remedy();
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
              + "; "
              + remedy);
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
                            + "; "
                            + remedy));
    if (!dataset.shape().equals(expected)) {
      throw mismatch(role, dataset.shape(), expected);
    }
    dataset.check(); // before memory is taken
    Parameter parameter = network.parameter(layer + "/" + role, expected);
    Tensor value = parameter.value();
    dataset.read(
        (from, values, count) -> value.backend().upload(value.buffer(), from, values, 0, count));
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
            + "; structure and weights do not belong together: "
            + remedy);
  }
}
