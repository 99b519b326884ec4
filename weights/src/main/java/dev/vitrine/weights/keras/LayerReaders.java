package dev.vitrine.weights.keras;

import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Every Keras layer that can be read, by its class name. */
final class LayerReaders {
  private static final Map<String, LayerReader> ALL = new TreeMap<>();

  private static final Set<String> WEIGHTED =
      Set.of(
          "Conv2D",
          "DepthwiseConv2D",
          "SeparableConv2D",
          "Conv2DTranspose",
          "Dense",
          "BatchNormalization",
          "PReLU",
          "Normalization");

  static {
    ALL.put("Conv2D", Weighted::convolution);
    ALL.put("DepthwiseConv2D", Weighted::depthwise);
    ALL.put("SeparableConv2D", Weighted::separable);
    ALL.put("Conv2DTranspose", Weighted::transposed);
    ALL.put("Dense", Weighted::dense);
    ALL.put("BatchNormalization", Weighted::batchNormalization);
    ALL.put("PReLU", Weighted::prelu);
    ALL.put("Normalization", Weighted::normalization);

    ALL.put("MaxPooling2D", Pooling::max);
    ALL.put("AveragePooling2D", Pooling::average);
    ALL.put("GlobalAveragePooling2D", call -> Pooling.global(call, Reduction.MEAN));
    ALL.put("GlobalMaxPooling2D", call -> Pooling.global(call, Reduction.MAX));

    ALL.put("Activation", Activations::read);
    ALL.put("Softmax", Activations::softmax);
    for (String kind : List.of("ReLU", "LeakyReLU", "ELU", "ThresholdedReLU")) {
      ALL.put(kind, Activations::layer);
    }

    ALL.put("Concatenate", Merging::concatenate);
    ALL.put("Add", call -> Merging.fold(call, Binary.ADD));
    ALL.put("Multiply", call -> Merging.fold(call, Binary.MULTIPLY));
    ALL.put("Maximum", call -> Merging.fold(call, Binary.MAXIMUM));
    ALL.put("Minimum", call -> Merging.fold(call, Binary.MINIMUM));
    ALL.put("Subtract", Merging::subtract);
    ALL.put("Average", Merging::average);

    ALL.put("Flatten", Shaping::flatten);
    ALL.put("Reshape", Shaping::reshape);
    ALL.put("Permute", Shaping::permute);
    ALL.put("ZeroPadding2D", Shaping::pad);
    ALL.put("Cropping2D", Shaping::crop);
    ALL.put("UpSampling2D", Shaping::upsample);
    ALL.put("Rescaling", Shaping::rescale);

    // What does nothing when nobody trains.
    for (String kind :
        List.of(
            "Dropout",
            "SpatialDropout2D",
            "AlphaDropout",
            "GaussianDropout",
            "GaussianNoise",
            "ActivityRegularization",
            "Identity",
            "RandomFlip",
            "RandomRotation",
            "RandomTranslation",
            "RandomZoom",
            "RandomContrast",
            "RandomBrightness")) {
      ALL.put(kind, Call::addIdentity);
    }
  }

  private LayerReaders() {}

  /** True if layers of that Keras class have weights. */
  static boolean haveWeights(String kind) {
    return WEIGHTED.contains(kind);
  }

  static Optional<LayerReader> of(String kind) {
    return Optional.ofNullable(ALL.get(kind));
  }
}
