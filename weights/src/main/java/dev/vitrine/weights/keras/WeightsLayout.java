package dev.vitrine.weights.keras;

import dev.vitrine.weights.keras.ModelConfig.LayerConfig;

/** Where a file keeps each layer's weights, and what helps if they are not as they should be. */
interface WeightsLayout {
  String SAVE = "save the whole model again";

  String FETCH =
      "fetch the file again, or save a model of your own as a whole, model.save('model.h5')";

  /** The weights of a layer, in Keras' order. */
  StoredLayer of(LayerConfig layer);

  /** What to do about weights that are missing or do not fit. */
  String remedy();
}
