package dev.vitrine.viz.cam;

import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.weights.BadInputException;
import java.util.function.IntConsumer;

/**
 * Class activation mapping (Zhou, Khosla, Lapedriza, Oliva and Torralba, "Learning Deep Features
 * for Discriminative Localization", 2016): {@code sum over c of w_c A_c}, where {@code A} is what a
 * global average pooling folds and {@code w_c} the weight by which the dense layer after it counts
 * channel c for the class. Where the pooled channels are the classes themselves, as in SqueezeNet,
 * it is the class' own map. Negative parts stay.
 */
public record Cam() implements CamMethod {

  /**
   * The layer whose maps a network's global average pooling folds into the scores.
   *
   * @param scores the layer that holds the classes' scores
   * @throws BadInputException if it is built in another way
   */
  public static String layer(Network network, String scores) {
    return structure(network, scores).maps();
  }

  /** Layers: the maps before the pooling, and the dense layer after it or null. */
  private record Structure(String maps, Layer dense) {}

  private static Structure structure(Network network, String scores) {
    Layer dense = null;
    String at = scores;
    while (network.has(at)) {
      Layer layer = network.layer(at);
      if (layer.op() instanceof GlobalPool2d pool && pool.kind() == Reduction.MEAN) {
        return new Structure(layer.inputs().get(0), dense);
      }
      if (layer.op() instanceof Dense && dense == null) {
        dense = layer;
      } else if (!(layer.op() instanceof Identity || layer.op() instanceof Reshape)) {
        break;
      }
      at = layer.inputs().get(0);
    }
    throw new BadInputException(
        "cam: needs a network that ends with global average pooling and at most one dense layer,"
            + " and here %s stands before the scores; take --method gradcam".formatted(at));
  }

  @Override
  public CamMap of(Subject subject, String layer, IntConsumer progress) {
    if (!(subject.objective() instanceof ClassScore score)) {
      throw new BadInputException(
          "cam: explains a class, not " + subject.objective() + "; take --method gradcam");
    }
    Structure structure = structure(subject.network(), score.layer());
    if (!structure.maps().equals(layer)) {
      throw new BadInputException(
          "cam: is of the layer before the global average pooling, %s, not of %s; leave --layer out"
              .formatted(structure.maps(), layer));
    }
    LayerMaps maps = LayerMaps.of(subject, layer, false);
    progress.accept(1);
    if (structure.dense() == null) {
      return maps.weighed(c -> c == score.index() ? 1 : 0, false);
    }
    double[] weights = structure.dense().parameters().get(0).value().toDoubles();
    int classes = weights.length / maps.channels();
    if (classes == 1) {
      int sign = score.index() == 1 ? 1 : -1;
      return maps.weighed(c -> sign * weights[c], false);
    }
    return maps.weighed(c -> weights[c * classes + score.index()], false);
  }
}
