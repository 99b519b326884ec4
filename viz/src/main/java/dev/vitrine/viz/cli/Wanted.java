package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Label;
import java.util.List;

/**
 * One picture that {@code maximize} is to make.
 *
 * @param group what a grid of such pictures is called: the layer, or {@code class}
 * @param channel of the layer as the user named it, or the class
 * @param label the class, or null
 * @param feature what is maximized
 * @param sizes of the rounds
 */
record Wanted(String group, int channel, Label label, Feature feature, List<Integer> sizes) {

  static Wanted channel(Model model, Recipe method, String layer, int channel) {
    Feature feature =
        method.beforeRelu()
            ? Feature.beforeRelu(model.network(), layer, channel)
            : Feature.of(model.network(), layer, channel);
    return new Wanted(
        layer, channel, null, feature, method.sizes(model.network(), feature.layer()));
  }

  /**
   * A class' logit.
   *
   * @throws BadInputException if the network has no classes, or if they need images of one size
   */
  static Wanted ofClass(Model model, Recipe method, String name) {
    Network network = model.network();
    if (!model.hasClasses()) {
      throw new BadInputException(
          model.name() + " has no classes, its output is maps: name a --layer and --channel");
    }
    Label label = Prediction.labels(model).find(name);
    Feature feature = Feature.logit(network, Prediction.layer(model), label.index());
    return new Wanted(
        "class", label.index(), label, feature, method.sizes(network, feature.layer()));
  }

  /** What the picture is called, without the ending. */
  String file() {
    return group + "-" + channel;
  }

  /** As people read it. */
  String people() {
    return label == null ? group + ":" + channel : label.name().replace('_', ' ');
  }
}
