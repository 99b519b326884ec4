package dev.vitrine.weights.keras;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Makes a network of a model's file. A full model, structure and weights, is what {@code
 * model.save("model.h5")} writes in Keras 1 to 3, and {@code model.save("model.keras")} in Keras 3.
 * Weights alone need an {@link Architecture}: {@code model.save_weights} of any Keras, or
 * torchvision's in safetensors.
 *
 * <p>A layer has Keras' name and Keras' output. Where a Keras layer holds an activation, what comes
 * before it is the layer {@code NAME.pre}; a separable convolution begins with {@code
 * NAME.depthwise}. The second call of a layer is {@code NAME#1}, the third {@code NAME#2}; they
 * share their weights. The layer {@code conv1} of a nested model {@code base} is {@code
 * base/conv1}. Of several outputs the first is the network's; the others are layers like any.
 *
 * <p>Images have their channels last, whatever the file says: a layer whose channels come first in
 * Keras has its output turned around here.
 */
public final class KerasImporter {
  private KerasImporter() {}

  /**
   * Reads a full model, or weights whose layers are those of an {@link Architecture}.
   *
   * @throws BadInputException if it is no such file, is damaged, or holds a layer that is not
   *     supported
   */
  public static Network read(Path path, Backend backend) {
    Optional<Architecture> known = Architecture.recognize(path);
    if (known.isPresent()) {
      return read(path, known.get(), backend);
    }
    return switch (FileKind.of(path)) {
      case HDF5_FILE -> {
        try (H5File file = H5File.open(path)) {
          yield read(file, backend);
        }
      }
      case KERAS_ARCHIVE -> {
        try (KerasArchive archive = KerasArchive.open(path)) {
          H5File file = archive.weights();
          ModelConfig config = ModelConfig.parse(file.name(), archive.config());
          WeightsLayout layout = new Keras3Layout(file, WeightsLayout.SAVE);
          yield NetworkReader.read(file.name(), config, layout, Origin.KERAS3, backend);
        }
      }
      case SAFETENSORS ->
          throw new BadInputException(
              path.getFileName()
                  + ": holds PyTorch's arrays and not what is computed with them; "
                  + "known by their names are torchvision's VGG16 with batch normalization"
                  + " and AlexNet");
    };
  }

  /**
   * Reads a full model in HDF5 that lies in memory.
   *
   * @param name what messages call it
   * @throws BadInputException as {@link #read(Path, Backend)}
   */
  public static Network read(String name, byte[] bytes, Backend backend) {
    try (H5File file = H5File.of(name, bytes)) {
      return read(file, backend);
    }
  }

  /**
   * Reads a file that holds only weights into a known structure. Layer by layer in their order, as
   * Keras' {@code load_weights} does, whatever the layers are called; PyTorch's by the names of its
   * modules.
   *
   * @throws BadInputException if it is no such file, is damaged, or holds other layers
   */
  public static Network read(Path path, Architecture architecture, Backend backend) {
    if (FileKind.of(path) == FileKind.SAFETENSORS) {
      try (SafetensorsFile file = SafetensorsFile.open(path)) {
        ModelConfig config = architecture.config(file.name());
        WeightsLayout layout = new SafetensorsLayout(file, architecture.title(), config);
        return NetworkReader.read(file.name(), config, layout, Origin.TORCH, backend);
      }
    }
    try (H5File file = H5File.open(path)) {
      ModelConfig config = architecture.config(file.name());
      if (Keras3Layout.is(file)) {
        WeightsLayout layout = new Keras3Layout(file, WeightsLayout.FETCH);
        return NetworkReader.read(file.name(), config, layout, Origin.KERAS3, backend);
      }
      WeightsLayout layout = LegacyLayout.ofWeights(file, architecture.title(), config);
      Origin origin = Origin.ofWeights(file, config, layout);
      return NetworkReader.read(file.name(), config, layout, origin, backend);
    }
  }

  private static Network read(H5File file, Backend backend) {
    String json =
        file.text("/", "model_config")
            .orElseThrow(
                () ->
                    new BadInputException(
                        file.name()
                            + ": holds no model_config, only weights at best, "
                            + "expected a full model; model.save('model.h5') writes one"));
    ModelConfig config = ModelConfig.parse(file.name(), json);
    WeightsLayout layout = LegacyLayout.ofWholeModel(file, config);
    return NetworkReader.read(file.name(), config, layout, Origin.ofModel(file), backend);
  }
}
