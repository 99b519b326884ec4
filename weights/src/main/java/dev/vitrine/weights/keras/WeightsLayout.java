package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Where a file keeps each layer's weights, and what helps if they are not as they should be. */
final class WeightsLayout {
  private static final String SAVE = "save the whole model again";

  private static final String FETCH =
      "fetch the file again, or save a model of your own as a whole, model.save('model.h5')";

  private final UnaryOperator<String> groups;
  private final String remedy;

  private WeightsLayout(UnaryOperator<String> groups, String remedy) {
    this.groups = groups;
    this.remedy = remedy;
  }

  /**
   * The layout of a file that holds structure and weights. A layer that lacks weights is found when
   * they are asked for.
   *
   * @throws BadInputException if it holds weights of a layer that the model does not have
   */
  static WeightsLayout ofWholeModel(H5File file, ModelConfig config) {
    List<String> known = config.layers().stream().map(LayerConfig::name).toList();
    List<String> unknown =
        layers(file, "/model_weights").stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new BadInputException(
          String.format(
              "%s: holds weights of %s, which the model does not have; "
                  + "structure and weights do not belong together: %s",
              file.name(), String.join(", ", unknown), SAVE));
    }
    return new WeightsLayout(layer -> "/model_weights/" + layer, SAVE);
  }

  /**
   * The layout of a file of weights alone. Its layers stand for the model's by their order, those
   * without weights left out.
   *
   * @param title what messages call the model
   * @throws BadInputException if the file holds more or fewer layers, or in another order
   */
  static WeightsLayout ofWeights(H5File file, String title, ModelConfig config) {
    List<String> found = layers(file);
    List<String> expected = layers(config);
    if (found.size() != expected.size()) {
      throw new BadInputException(
          String.format(
              "%s: holds the weights of %d layers, %s has %d%s%s; %s",
              file.name(),
              found.size(),
              title,
              expected.size(),
              difference(expected, found, " missing"),
              difference(found, expected, " too many"),
              FETCH));
    }
    Map<String, String> groups = new HashMap<>();
    for (int i = 0; i < found.size(); i++) {
      String here = found.get(i);
      if (!here.equals(expected.get(i)) && expected.contains(here)) {
        throw new BadInputException(
            String.format(
                "%s: number %d of the layers with weights is %s, in %s it is %s; %s",
                file.name(), i + 1, here, title, expected.get(i), FETCH));
      }
      groups.put(expected.get(i), "/" + here);
    }
    return new WeightsLayout(groups::get, FETCH);
  }

  /** The layers with weights that a file of weights alone lists; none if it is no such file. */
  static List<String> layers(H5File file) {
    return layers(file, "");
  }

  private static List<String> layers(H5File file, String group) {
    return file.texts(group + "/", "layer_names").stream()
        .filter(layer -> !file.texts(group + "/" + layer, "weight_names").isEmpty())
        .toList();
  }

  /** The layers with weights of a model. */
  static List<String> layers(ModelConfig config) {
    return config.layers().stream()
        .filter(layer -> LayerReaders.haveWeights(layer.kind()))
        .map(LayerConfig::name)
        .toList();
  }

  private static String difference(List<String> of, List<String> without, String what) {
    List<String> names = of.stream().filter(name -> !without.contains(name)).toList();
    if (names.isEmpty()) {
      return "";
    }
    String more = names.size() == 1 ? "" : " and " + (names.size() - 1) + " more";
    return "; " + names.get(0) + more + (names.size() == 1 ? " is" : " are") + what;
  }

  /** The group of a layer's weights. */
  String group(String layer) {
    return groups.apply(layer);
  }

  /** What to do about weights that are missing or do not fit. */
  String remedy() {
    return remedy;
  }
}
