package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.weights.BadInputException;
import java.util.Map;

/**
 * What a picture maximizes: the mean of a channel's map, or a score.
 *
 * @param layer a layer with output {@code [n, h, w, c]} or {@code [n, c]}
 * @param channel from 0
 * @param negative true if the mean's negative is maximized
 */
public record Feature(String layer, int channel, boolean negative) {
  private static final int SIDE = 512;

  /**
   * A channel before its ReLU, which lets no gradient pass where the map is negative. It is looked
   * for in {@code layer.pre}, in what a ReLU or a dropout reads, and in the one of several layers
   * put side by side that the channel comes from; where there is none, the layer's own output it
   * is.
   *
   * @throws BadInputException if the layer has no such channel
   * @throws dev.vitrine.engine.network.UnknownLayerException if there is no such layer
   */
  public static Feature beforeRelu(Network network, String layer, int channel) {
    of(network, layer, channel);
    return traced(network, layer, channel, false);
  }

  /**
   * A channel as its layer puts it out.
   *
   * @throws BadInputException if the layer has no such channel
   * @throws dev.vitrine.engine.network.UnknownLayerException if there is no such layer
   */
  public static Feature of(Network network, String layer, int channel) {
    int channels = channels(network, layer);
    if (channel < 0 || channel >= channels) {
      throw new BadInputException(
          "layer %s has no channel %d: it has 0 to %d".formatted(layer, channel, channels - 1));
    }
    return new Feature(layer, channel, false);
  }

  /**
   * A class' logit. Where that is the mean of a map, as in networks that end in a global pooling,
   * it is the map before its ReLU.
   *
   * @param layer whose output is the logits
   * @param index the class, from 0
   */
  public static Feature logit(Network network, String layer, int index) {
    boolean single = channels(network, layer) == 1;
    String at = layer;
    while (network.has(at) && passesOn(network.layer(at).op())) {
      at = network.layer(at).inputs().get(0);
    }
    boolean isMap = network.has(at) && shape(network, at).rank() == 4;
    String from = isMap && channels(network, at) == channels(network, layer) ? at : layer;
    return traced(network, from, single ? 0 : index, single && index == 0);
  }

  private static boolean passesOn(Op op) {
    return op instanceof Identity
        || op instanceof Reshape
        || (op instanceof GlobalPool2d pool && pool.kind() == Reduction.MEAN);
  }

  private static Feature traced(Network network, String layer, int channel, boolean negative) {
    if (network.has(layer + ".pre")) {
      return new Feature(layer + ".pre", channel, negative);
    }
    Layer at = network.layer(layer);
    String from = at.inputs().get(0);
    if ((at.op() instanceof Relu || at.op() instanceof Identity) && network.has(from)) {
      return traced(network, from, channel, negative);
    }
    if (at.op() instanceof Concat concat && shape(network, layer).index(concat.axis()) == 3) {
      int offset = 0;
      for (String branch : at.inputs()) {
        int channels = network.has(branch) ? channels(network, branch) : 0;
        if (channel < offset + channels) {
          return traced(network, branch, channel - offset, negative);
        }
        if (channels == 0) {
          break; // the network's input itself
        }
        offset += channels;
      }
    }
    return new Feature(layer, channel, negative);
  }

  /**
   * How many channels a layer has.
   *
   * @throws dev.vitrine.engine.network.UnknownLayerException if there is no such layer
   */
  public static int channels(Network network, String layer) {
    return shape(network, layer).dim(-1);
  }

  /** The output's shape at the network's own size, or at one that is large enough for any. */
  private static Shape shape(Network network, String layer) {
    Shape in = network.inputShape();
    int h = in.dim(1) > 0 ? in.dim(1) : SIDE;
    int w = in.dim(2) > 0 ? in.dim(2) : SIDE;
    Map<String, Shape> shapes = network.shapes(Shape.of(1, h, w, in.dim(3)), Listen.only(layer));
    return shapes.get(layer);
  }

  @Override
  public String toString() {
    return (negative ? "-" : "") + layer + ":" + channel;
  }
}
