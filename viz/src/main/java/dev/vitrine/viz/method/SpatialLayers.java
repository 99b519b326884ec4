package dev.vitrine.viz.method;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Elementwise;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.weights.BadInputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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

  /**
   * Up to three layers to look at, from shallow to deep: those at a sixth, at half and at the end
   * of the layers that all of the input passes through and that compute maps, each after its
   * normalization and activation. A branch of several sees but a part and does not count.
   *
   * @param last the deepest of them, see {@link #last}
   */
  public static List<String> depths(Network network, Shape input, String last) {
    List<String> trunk = trunk(network, input, last);
    int n = trunk.size();
    return Stream.of(n / 6, n / 2, n - 1).distinct().map(trunk::get).toList();
  }

  /**
   * The layer at a share of the way, 0 to 1, among those that {@link #depths} chooses from.
   *
   * @param last the deepest of them, see {@link #last}
   */
  public static String depth(Network network, Shape input, String last, double share) {
    List<String> trunk = trunk(network, input, last);
    return trunk.get((int) Math.round(share * (trunk.size() - 1)));
  }

  private static List<String> trunk(Network network, Shape input, String last) {
    Map<String, Shape> shapes = network.shapes(input);
    Map<String, List<Layer>> readers = readers(network);
    List<String> trunk = new ArrayList<>();
    Set<String> open = new HashSet<>(Set.of(network.input())); // made, and still to be read
    for (Layer layer : network.layers()) {
      for (String in : layer.inputs()) {
        readers.get(in).remove(layer);
        if (readers.get(in).isEmpty()) {
          open.remove(in);
        }
      }
      open.add(layer.name());
      List<Layer> next = readers.getOrDefault(layer.name(), List.of());
      Shape shape = shapes.get(layer.name());
      if (open.size() == 1
          && computes(layer.op())
          && !goesOn(next)
          && shape.rank() == 4
          && shape.dim(1) * shape.dim(2) > 1) {
        trunk.add(layer.name());
      }
      if (layer.name().equals(last)) {
        break;
      }
    }
    if (!trunk.contains(last)) {
      trunk.add(last);
    }
    return trunk;
  }

  /**
   * Every layer that computes maps, in the network's order, each after its normalization and
   * activation: what the network passes on, branches too.
   */
  public static List<String> finished(Network network, Shape input) {
    Map<String, Shape> shapes = network.shapes(input);
    Map<String, List<Layer>> readers = readers(network);
    return network.layers().stream()
        .filter(layer -> computes(layer.op()) && shapes.get(layer.name()).rank() == 4)
        .filter(layer -> !goesOn(readers.getOrDefault(layer.name(), List.of())))
        .map(Layer::name)
        .toList();
  }

  private static Map<String, List<Layer>> readers(Network network) {
    Map<String, List<Layer>> readers = new HashMap<>();
    for (Layer layer : network.layers()) {
      layer.inputs().forEach(in -> readers.computeIfAbsent(in, k -> new ArrayList<>()).add(layer));
    }
    return readers;
  }

  /** True if a layer's one reader only finishes it. */
  private static boolean goesOn(List<Layer> readers) {
    return readers.size() == 1 && refines(readers.get(0).op());
  }

  /** What only finishes the layer before it. */
  private static boolean refines(Op op) {
    return op instanceof Relu || op instanceof BatchNorm || op instanceof Elementwise;
  }

  private static boolean computes(Op op) {
    return !(op instanceof MaxPool2d
        || op instanceof AveragePool2d
        || op instanceof Identity
        || op instanceof Pad
        || op instanceof Crop);
  }
}
