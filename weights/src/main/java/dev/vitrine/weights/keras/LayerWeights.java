package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.network.NetworkBuilder;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of one layer. Keras goes by their order, their names differ from version to version.
 * A layer that is called twice has its weights once.
 */
final class LayerWeights {
  private final WeightsLayout layout;
  private final ModelConfig.LayerConfig layer;
  private final NetworkBuilder network;
  private final Loading loading;
  private final List<String> taken = new ArrayList<>();
  private final Map<String, Parameter> parameters = new HashMap<>();

  /** Null until a weight is asked for: most layers have none. */
  private StoredLayer stored;

  LayerWeights(
      WeightsLayout layout,
      ModelConfig.LayerConfig layer,
      NetworkBuilder network,
      Loading loading) {
    this.layout = layout;
    this.layer = layer;
    this.network = network;
    this.loading = loading;
  }

  /**
   * The layer's next weight, or the one that an earlier call of the layer took; its numbers are
   * there when the loading has been finished.
   *
   * @param role what Keras calls it: kernel, bias, gamma, ...
   * @param expected the shape that the configuration gives it, and how it lies in the file
   */
  Parameter take(String role, Arrangement expected) {
    Parameter known = parameters.get(role);
    if (known != null) {
      if (known.value().shape().equals(expected.shape())) {
        return known;
      }
      throw mismatch(role, known.value().shape(), expected.shape());
    }
    StoredArray array = next(role, expected.stored());
    Parameter parameter = network.parameter(layer.name() + "/" + role, expected.shape());
    Backend backend = parameter.value().backend();
    Buffer buffer = parameter.value().buffer();
    if (expected.asStored() && backend.memory(buffer, 0, 1).isPresent()) {
      loading.add(
          array.readInto((from, count) -> backend.memory(buffer, from, count).orElseThrow()));
    } else {
      expected.read(array, (from, values, count) -> backend.upload(buffer, from, values, 0, count));
    }
    parameters.put(role, parameter);
    return parameter;
  }

  /** The layer's next weight, for a parameter that is worked out from it. */
  float[] values(String role, Shape expected) {
    float[] all = new float[Math.toIntExact(expected.size())];
    next(role, expected)
        .read((from, values, count) -> System.arraycopy(values, 0, all, (int) from, count));
    return all;
  }

  /** True if the layer has been read before. */
  boolean knows(String role) {
    return parameters.containsKey(role);
  }

  /** A weight that the layer has been given before. */
  Parameter known(String role) {
    return parameters.get(role);
  }

  private StoredArray next(String role, Shape expected) {
    if (stored == null) {
      stored = layout.of(layer);
    }
    if (taken.size() >= stored.names().size()) {
      throw layer
          .settings()
          .refused(
              role
                  + " is missing: "
                  + stored.place()
                  + (stored.present() ? " lists only " + stored.names().size() : " is not there")
                  + "; "
                  + layout.remedy());
    }
    String name = stored.names().get(taken.size());
    StoredArray array =
        stored
            .open()
            .apply(name)
            .orElseThrow(
                () ->
                    layer
                        .settings()
                        .refused(
                            role
                                + " is missing: there is no dataset "
                                + stored.place()
                                + "/"
                                + name
                                + ", expected "
                                + expected
                                + "; "
                                + layout.remedy()));
    if (!array.shape().equals(expected)) {
      throw mismatch(role, array.shape(), expected);
    }
    array.check(); // before memory is taken
    taken.add(role);
    return array;
  }

  /** Passes over a weight that is not needed. */
  void skip(String role) {
    if (!taken.contains(role)) {
      taken.add(role);
    }
  }

  /** How many weights the file has beyond those that were taken, if any was. */
  int left() {
    return stored == null ? 0 : Math.max(0, stored.names().size() - taken.size());
  }

  /** A weight that the layer does without in the file and the engine does not. */
  Parameter constant(String role, Shape shape, float[] values) {
    return parameters.computeIfAbsent(
        role, k -> network.constant(layer.name() + "/" + role, shape, values));
  }

  private BadInputException mismatch(String role, Shape found, Shape expected) {
    return layer
        .settings()
        .refused(
            role
                + " is "
                + found
                + ", the network expects "
                + expected
                + "; structure and weights do not belong together: "
                + layout.remedy());
  }
}
