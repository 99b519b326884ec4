package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * The layout that every Keras writes into {@code .h5}: a group for each layer lists its datasets in
 * {@code weight_names}; a nested model has one group for all its layers.
 */
final class LegacyLayout implements WeightsLayout {
  /** The number that Keras gives a layer that nobody named. */
  private static final Pattern COUNT = Pattern.compile("_\\d+$");

  private final H5File file;
  private final UnaryOperator<String> groups;
  private final String remedy;

  private LegacyLayout(H5File file, UnaryOperator<String> groups, String remedy) {
    this.file = file;
    this.groups = groups;
    this.remedy = remedy;
  }

  /**
   * The layout of a file that holds structure and weights. A layer that lacks weights is found when
   * they are asked for.
   *
   * @throws BadInputException if it holds weights of a layer that the model does not have
   */
  static LegacyLayout ofWholeModel(H5File file, ModelConfig config) {
    List<String> known = config.layers().stream().map(layer -> layer.path().get(0)).toList();
    List<String> unknown =
        layers(file, "/model_weights").stream().filter(name -> !known.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new BadInputException(
          String.format(
              "%s: holds weights of %s, which the model does not have; "
                  + "structure and weights do not belong together: %s",
              file.name(), String.join(", ", unknown), SAVE));
    }
    return new LegacyLayout(file, layer -> "/model_weights/" + layer, SAVE);
  }

  /**
   * The layout of a file of weights alone. Its layers stand for the model's by their order, those
   * without weights left out.
   *
   * @param title what messages call the model
   * @throws BadInputException if the file holds more or fewer layers, or in another order
   */
  static LegacyLayout ofWeights(H5File file, String title, ModelConfig config) {
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
    Map<String, String> places = new HashMap<>();
    for (int i = 0; i < found.size(); i++) {
      String here = found.get(i);
      if (!unnumbered(here).equals(unnumbered(expected.get(i))) && expected.contains(here)) {
        throw new BadInputException(
            String.format(
                "%s: number %d of the layers with weights is %s, in %s it is %s; %s",
                file.name(), i + 1, here, title, expected.get(i), FETCH));
      }
      places.put(expected.get(i), "/" + here);
    }
    return new LegacyLayout(file, places::get, FETCH);
  }

  private static String unnumbered(String layer) {
    return COUNT.matcher(layer).replaceFirst("");
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

  /** The layers and nested models with weights of a model. */
  static List<String> layers(ModelConfig config) {
    return config.layers().stream()
        .filter(layer -> LayerReaders.haveWeights(layer.kind()))
        .map(layer -> layer.path().get(0))
        .distinct()
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

  @Override
  public StoredLayer of(LayerConfig layer) {
    String group = groups.apply(layer.path().get(0));
    List<String> names = file.texts(group, "weight_names");
    return new StoredLayer(
        group,
        file.hasGroup(group),
        layer.path().size() == 1 ? names : within(layer.path(), names),
        name -> file.dataset(group + "/" + name).map(found -> found));
  }

  /**
   * The weights of a layer of a nested model, by their names: {@code base/conv1/kernel:0}, or
   * {@code conv1_W} in Keras 1. Their order depends on what was trainable when they were saved.
   */
  private static List<String> within(List<String> path, List<String> names) {
    String inner = String.join("/", path.subList(1, path.size())) + "/";
    String own = path.get(path.size() - 1);
    for (Pattern pattern :
        List.of(
            Pattern.compile("(.*/)?" + Pattern.quote(inner) + "[^/]+"),
            Pattern.compile("(.*/)?" + Pattern.quote(own) + "/[^/]+"),
            Pattern.compile("(.*/)?" + Pattern.quote(own) + "_\\d+/[^/]+"),
            Pattern.compile("(.*/)?" + Pattern.quote(own) + "_[^/]+"))) {
      List<String> found = names.stream().filter(n -> pattern.matcher(n).matches()).toList();
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
