package dev.vitrine.weights.keras;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.keras.ModelConfig.LayerConfig;
import java.util.List;
import java.util.Optional;

/**
 * Who wrote a model's weights, and by which conventions.
 *
 * @param keras the version of Keras, 1 to 3
 * @param rotated true if kernels are rotated by 180 degrees, as Theano's are, whose convolution is
 *     one and not a correlation
 * @param torch true for PyTorch's arrays: outputs before inputs
 * @param channelsFirst what a layer is that does not say whether channels come first
 */
record Origin(int keras, boolean rotated, boolean torch, boolean channelsFirst) {
  /** PyTorch. */
  static final Origin TORCH = new Origin(3, false, true, true);

  /** Keras 3, whatever its backend: kernels are kept one way. */
  static final Origin KERAS3 = new Origin(3, false, false, false);

  /** Of a file that holds a whole model. */
  static Origin ofModel(H5File file) {
    int version = version(file).orElse(2);
    return new Origin(version, isTheano(file, "/model_weights", version), false, false);
  }

  /**
   * Of a file of weights alone. Keras 1 kept kernels as its backend did, and said nothing: what the
   * first one's shape is tells it.
   */
  static Origin ofWeights(H5File file, ModelConfig config, WeightsLayout layout) {
    int version = version(file).orElse(1);
    boolean first = version == 1 && isChannelsFirst(config, layout);
    return new Origin(version, isTheano(file, "", version), false, first);
  }

  private static Optional<Integer> version(H5File file) {
    return file.text("/", "keras_version")
        .map(
            text ->
                text.startsWith("0.") || text.startsWith("1.") ? 1 : text.startsWith("2.") ? 2 : 3);
  }

  /**
   * Keras 1 does not say its backend; TensorFlow's variables end in {@code :0}, Theano's do not.
   */
  private static boolean isTheano(H5File file, String group, int version) {
    Optional<String> backend =
        file.text("/", "backend").or(() -> file.text(group + "/", "backend"));
    if (backend.isPresent() || version != 1) {
      return backend.orElse("").equals("theano");
    }
    return file.texts(group + "/", "layer_names").stream()
        .flatMap(layer -> file.texts(group + "/" + layer, "weight_names").stream())
        .findFirst()
        .filter(name -> !name.endsWith(":0"))
        .isPresent();
  }

  private static boolean isChannelsFirst(ModelConfig config, WeightsLayout layout) {
    for (LayerConfig layer : config.layers()) {
      if (layer.kind().equals("Conv2D")) {
        int[] size = layer.settings().pair("kernel_size", 1);
        int filters = layer.settings().positive("filters");
        StoredLayer stored = layout.of(layer);
        List<String> names = stored.names();
        Shape kernel =
            names.isEmpty()
                ? Shape.of()
                : stored.open().apply(names.get(0)).map(StoredArray::shape).orElse(Shape.of());
        return kernel.rank() == 4
            && kernel.dim(0) == filters
            && kernel.dim(2) == size[0]
            && kernel.dim(3) == size[1]
            && !(kernel.dim(3) == filters && kernel.dim(0) == size[0] && kernel.dim(1) == size[1]);
      }
    }
    return false;
  }
}
