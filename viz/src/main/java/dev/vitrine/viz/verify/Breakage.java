package dev.vitrine.viz.verify;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.MoveAxis;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/** The ways in which weights come out of order on their way from one program to another. */
enum Breakage {
  /** Undone at the pictures, not at the weights. */
  CHANNELS("the channels are in the wrong order: red and blue are swapped"),
  KERNELS("the kernels are rotated by 180 degrees, as a backend that flips them wants them"),
  ROWS(
      "the dense rows after the flattening are in the wrong order: channel by channel, as"
          + " channels-first flattens, not pixel by pixel");

  private final String finding;

  Breakage(String finding) {
    this.finding = finding;
  }

  /** What is wrong, in words. */
  String finding() {
    return finding;
  }

  /** True if the network has weights that can be broken so. */
  boolean concerns(Network network, Map<String, Shape> shapes) {
    return switch (this) {
      case CHANNELS -> network.inputShape().dim(3) == 3;
      case KERNELS -> network.layers().stream().anyMatch(Breakage::hasExtent);
      case ROWS -> network.layers().stream().anyMatch(l -> flattened(network, l, shapes) != null);
    };
  }

  /**
   * Undoes it in the weights of a network that is {@link Network#train open to changes}.
   *
   * @param back true to do it instead: the weights are then as they were
   */
  void undo(Network network, Map<String, Shape> shapes, boolean back) {
    Set<Parameter> done = new HashSet<>();
    for (Layer layer : network.layers()) {
      if (this == KERNELS && hasExtent(layer) && done.add(layer.parameters().get(0))) {
        Tensor kernel = layer.parameters().get(0).value();
        int taps = kernel.shape().dim(0) * kernel.shape().dim(1);
        permute(kernel, taps, i -> taps - 1 - i);
      }
      Shape maps = this == ROWS ? flattened(network, layer, shapes) : null;
      if (maps != null && done.add(layer.parameters().get(0))) {
        int pixels = maps.dim(1) * maps.dim(2);
        int channels = maps.dim(3);
        // Row pixel * channels + channel lies at channel * pixels + pixel.
        IntUnaryOperator source = i -> i % channels * pixels + i / channels;
        IntUnaryOperator inverse = i -> i % pixels * channels + i / pixels;
        permute(layer.parameters().get(0).value(), pixels * channels, back ? inverse : source);
      }
    }
  }

  private static boolean hasExtent(Layer layer) {
    if (!(layer.op() instanceof Conv2d)) {
      return false;
    }
    Shape kernel = layer.parameters().get(0).value().shape();
    return kernel.dim(0) * kernel.dim(1) > 1;
  }

  /** The maps that a dense layer reads as a row, if they have several pixels and channels. */
  private static Shape flattened(Network network, Layer layer, Map<String, Shape> shapes) {
    if (!(layer.op() instanceof Dense)) {
      return null;
    }
    String at = layer.inputs().get(0);
    while (network.has(at) && shapes.get(at).rank() == 2) {
      Layer before = network.layer(at);
      boolean keeps = shapes.get(before.inputs().get(0)).size() == shapes.get(at).size();
      if (!keeps || !before.parameters().isEmpty()) {
        return null;
      }
      at = before.inputs().get(0);
    }
    if (network.has(at) && network.layer(at).op() instanceof MoveAxis) {
      return null; // a network that is channels-first itself
    }
    Shape maps = shapes.get(at);
    boolean mixes = maps.rank() == 4 && maps.dim(1) * maps.dim(2) > 1 && maps.dim(3) > 1;
    return mixes ? maps : null;
  }

  /**
   * Puts the equal parts of a tensor in another order, in place: VGG16's largest weight fills 400
   * MB.
   *
   * @param source where the part at a place comes from
   */
  private static void permute(Tensor tensor, int parts, IntUnaryOperator source) {
    int length = Math.toIntExact(tensor.shape().size() / parts);
    double[] first = new double[length];
    double[] moved = new double[length];
    BitSet placed = new BitSet(parts);
    for (int start = 0; start < parts; start++) {
      if (placed.get(start) || source.applyAsInt(start) == start) {
        continue;
      }
      read(tensor, start, first);
      int at = start;
      for (int from = source.applyAsInt(at); from != start; from = source.applyAsInt(at)) {
        read(tensor, from, moved);
        write(tensor, at, moved);
        placed.set(at);
        at = from;
      }
      write(tensor, at, first);
      placed.set(at);
    }
  }

  private static void read(Tensor tensor, int part, double[] values) {
    tensor
        .backend()
        .download(tensor.buffer(), (long) part * values.length, values, 0, values.length);
  }

  private static void write(Tensor tensor, int part, double[] values) {
    tensor.backend().upload(tensor.buffer(), (long) part * values.length, values, 0, values.length);
  }
}
