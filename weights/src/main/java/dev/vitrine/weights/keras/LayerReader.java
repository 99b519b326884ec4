package dev.vitrine.weights.keras;

/** Turns one call of a Keras layer into layers of the engine, the last under the call's name. */
@FunctionalInterface
interface LayerReader {
  void read(Call call);
}
