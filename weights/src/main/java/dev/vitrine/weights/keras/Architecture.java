package dev.vitrine.weights.keras;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The structure of a well-known network, for files that hold only its weights. */
public final class Architecture {
  /**
   * VGG16 for 1000 classes and pictures of 224x224: thirteen convolutions and three dense layers,
   * 138,357,544 weights (Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale
   * Image Recognition, 2015, configuration D).
   */
  public static final Architecture VGG16 = resource("VGG16", "vgg16");

  /** VGG16's convolutions alone, 14,714,688 weights, for pictures of any size. */
  public static final Architecture VGG16_NO_TOP = resource("VGG16 without its top", "vgg16-notop");

  private static final List<Architecture> ALL = List.of(VGG16, VGG16_NO_TOP);

  private final String title;
  private final String json;

  private Architecture(String title, String json) {
    this.title = title;
    this.json = json;
  }

  /** A structure as Keras' {@code model.to_json()} tells it. */
  static Architecture of(String title, String json) {
    return new Architecture(title, json);
  }

  private static Architecture resource(String title, String name) {
    String path = "/dev/vitrine/weights/architectures/" + name + ".json";
    try (InputStream in = Architecture.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not on the class path");
      }
      return of(title, new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The architecture that a file's weights are for, by the names of its layers; empty for a file
   * that says itself what it computes, and where fewer than half of the names are known. One of
   * which layers are missing is recognized too, for {@link KerasImporter} to say so.
   *
   * @throws BadInputException if it is no HDF5 file or damaged
   */
  public static Optional<Architecture> recognize(Path path) {
    try (H5File file = H5File.open(path)) {
      if (file.text("/", "model_config").isPresent()) {
        return Optional.empty();
      }
      Set<String> found = new HashSet<>(WeightsLayout.layers(file));
      Architecture closest = null;
      int least = 0;
      for (Architecture architecture : ALL) {
        List<String> layers = WeightsLayout.layers(architecture.config(file.name()));
        int common = (int) layers.stream().filter(found::contains).count();
        int apart = found.size() + layers.size() - 2 * common;
        if (2 * common > found.size() && (closest == null || apart < least)) {
          closest = architecture;
          least = apart;
        }
      }
      return Optional.ofNullable(closest);
    }
  }

  /** What messages call it. */
  public String title() {
    return title;
  }

  ModelConfig config(String file) {
    return ModelConfig.parse(file, json);
  }
}
