package dev.vitrine.weights.keras;

import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The layout of torchvision's state dictionaries: arrays are called after their module. */
final class SafetensorsLayout implements WeightsLayout {
  private static final List<String> LINEAR = List.of("weight", "bias");
  private static final List<String> NORM = List.of("weight", "bias", "running_mean", "running_var");

  private final SafetensorsFile file;

  /**
   * Checks that the file holds the model's modules and no others.
   *
   * @param title what messages call the model
   * @throws BadInputException if it does not
   */
  SafetensorsLayout(SafetensorsFile file, String title, ModelConfig config) {
    this.file = file;
    Set<String> missing = modules(config);
    missing.removeAll(modules(file));
    Set<String> unknown = modules(file);
    unknown.removeAll(modules(config));
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new BadInputException(
          String.format(
              "%s: is not %s: %s; fetch the file again",
              file.name(),
              title,
              missing.isEmpty()
                  ? "it has " + String.join(", ", unknown) + " too"
                  : String.join(", ", missing) + " is missing"));
    }
  }

  /** The modules that have weights in a file. */
  static Set<String> modules(SafetensorsFile file) {
    Set<String> modules = new TreeSet<>();
    for (String name : file.names()) {
      modules.add(name.replaceFirst("\\.[^.]*$", ""));
    }
    return modules;
  }

  /** The modules that have weights in a model; none if its layers have no modules. */
  static Set<String> modules(ModelConfig config) {
    Set<String> modules = new TreeSet<>();
    for (LayerConfig layer : config.layers()) {
      if (LayerReaders.haveWeights(layer.kind())) {
        layer.settings().modules().stream().findFirst().ifPresent(modules::add);
      }
    }
    return modules;
  }

  @Override
  public StoredLayer of(LayerConfig layer) {
    String module = layer.settings().modules().get(0);
    List<String> names = new ArrayList<>();
    for (String role : layer.kind().equals("BatchNormalization") ? NORM : LINEAR) {
      if (file.array(module + "." + role).isPresent()) {
        names.add(role);
      }
    }
    return new StoredLayer(module, true, names, role -> array(module, role));
  }

  private Optional<StoredArray> array(String module, String role) {
    return file.array(module + "." + role);
  }

  @Override
  public String remedy() {
    return "fetch the file again";
  }
}
