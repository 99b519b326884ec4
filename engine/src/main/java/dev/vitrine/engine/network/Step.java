package dev.vitrine.engine.network;

import dev.vitrine.engine.Op;
import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a plan: a layer, or several that run as one because nobody listens in between.
 *
 * @param layers in order; the first one's inputs are the step's, the last one's output is too
 * @param op what runs
 * @param parameters its weights: those of the layer that has any, or with a normalization folded in
 */
record Step(List<Layer> layers, Op op, List<Parameter> parameters) {
  static Step of(Layer layer) {
    return new Step(List.of(layer), layer.op(), layer.parameters());
  }

  List<String> inputs() {
    return layers.get(0).inputs();
  }

  Layer last() {
    return layers.get(layers.size() - 1);
  }

  /** This step and one more layer, run as the given operation. */
  Step then(Layer layer, Op as, List<Parameter> with) {
    List<Layer> all = new ArrayList<>(layers);
    all.add(layer);
    return new Step(List.copyOf(all), as, with);
  }
}
