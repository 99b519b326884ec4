package dev.vitrine.weights.keras;

import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The layout of Keras 3's {@code .weights.h5}, alone or in a {@code .keras} archive: layers are
 * called after their class and counted, whatever their names, and their weights are numbered.
 *
 * @param remedy what to do about weights that are missing or do not fit
 */
record Keras3Layout(H5File file, String remedy) implements WeightsLayout {

  @Override
  public StoredLayer of(LayerConfig layer) {
    String group = "/" + layer.stored() + "/vars";
    return new StoredLayer(
        group,
        file.hasGroup(group),
        file.children(group).stream().sorted().toList(),
        name -> file.dataset(group + "/" + name).map(found -> found));
  }

  /** True for a file of this layout. */
  static boolean is(H5File file) {
    return file.hasGroup("/layers") && file.texts("/", "layer_names").isEmpty();
  }

  /** Where the file has weights. */
  static Set<String> layers(H5File file) {
    Set<String> found = new TreeSet<>();
    collect(file, "", found);
    return found;
  }

  private static void collect(H5File file, String group, Set<String> to) {
    List<String> layers = file.children("/" + group + "layers");
    for (String layer : layers) {
      String path = group + "layers/" + layer;
      if (!file.children("/" + path + "/vars").isEmpty()) {
        to.add(path);
      }
      collect(file, path + "/", to);
    }
  }

  /** Where the weights of a model would be. */
  static Set<String> layers(ModelConfig config) {
    return config.layers().stream()
        .filter(layer -> LayerReaders.haveWeights(layer.kind()))
        .map(LayerConfig::stored)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
