package dev.vitrine.viz.method;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.weights.BadInputException;
import java.util.List;
import java.util.Map;

/** The layers of a network whose outputs are maps. */
public final class SpatialLayers {
  private SpatialLayers() {}

  /**
   * The layer that class activation maps look at unless told otherwise: the last one that computes
   * maps of more than one pixel whose channels are not the classes. Poolings, paddings and dropouts
   * after it add nothing to it. Channels are the classes where they are as many and no layer with
   * weights follows; Tiny VGG has ten classes and ten channels everywhere.
   *
   * @param classes how many classes the network has
   * @throws BadInputException if there is none
   */
  public static String last(Network network, Shape input, int classes) {
    Map<String, Shape> shapes = network.shapes(input);
    List<Layer> layers = network.layers();
    boolean weighed = false;
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      Shape shape = shapes.get(layer.name());
      if (computes(layer.op())
          && shape.rank() == 4
          && shape.dim(1) * shape.dim(2) > 1
          && (shape.dim(3) != classes || weighed)) {
        return layer.name();
      }
      weighed |= !layer.parameters().isEmpty() && !(layer.op() instanceof BatchNorm);
    }
    throw new BadInputException(
        "no layer of this network has maps of more than one pixel whose channels are not the"
            + " classes: name one with --layer");
  }

  private static boolean computes(Op op) {
    return !(op instanceof MaxPool2d
        || op instanceof AveragePool2d
        || op instanceof Identity
        || op instanceof Pad
        || op instanceof Crop);
  }
}
