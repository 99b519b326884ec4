package dev.vitrine.bench.contest;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A workload's network with its weights, layer by layer, as others take it. Padding becomes part of
 * the convolution that reads it, as one would write the network there.
 *
 * @param input the name of the input
 * @param output the name of the layer that is asked for
 * @param images {@code [n, h, w, c]}
 * @param result the output's shape in our order
 */
public record Translation(String input, String output, Shape images, Shape result) {

  /**
   * Translates a workload's network.
   *
   * @throws IllegalArgumentException if it has a layer that is not known here
   */
  public static Translation of(Workload workload, Assembly into) {
    try (Backend backend = Backends.open("cpu", false, line -> {})) {
      Network network = workload.open(backend);
      return new Walk(network, workload.images(network), into).run();
    }
  }

  private static final class Walk {
    private final Network network;
    private final String output;
    private final Shape images;
    private final Map<String, Shape> shapes;
    private final Assembly into;
    private final Map<String, String> alias = new HashMap<>();
    private final Map<String, Pad> padded = new HashMap<>();

    Walk(Network network, Shape images, Assembly into) {
      this.network = network;
      this.output = Workload.output(network);
      this.images = images;
      this.shapes = network.shapes(images, Listen.only(output));
      this.into = into;
    }

    Translation run() {
      for (Layer layer : network.layers()) {
        if (shapes.containsKey(layer.name())) {
          translate(layer);
        }
      }
      return new Translation(network.input(), output, images, shapes.get(output));
    }

    private void translate(Layer layer) {
      String name = layer.name();
      List<String> in = layer.inputs().stream().map(i -> alias.getOrDefault(i, i)).toList();
      if (layer.op() instanceof Conv2d conv) {
        Parameter kernel = layer.parameters().get(0);
        Shape k = kernel.value().shape();
        into.convolution(
            name,
            in.get(0),
            Layouts.kernel(k, kernel.value().toFloats()),
            new int[] {k.dim(3), k.dim(2), k.dim(0), k.dim(1)},
            bias(layer, k.dim(3)),
            window(conv, layer.inputs().get(0)),
            conv.groups());
      } else if (layer.op() instanceof Relu) {
        into.relu(name, in.get(0));
      } else if (layer.op() instanceof MaxPool2d pool) {
        into.maxPool(name, in.get(0), pool.sliding().on(shapes.get(layer.inputs().get(0))));
      } else if (layer.op() instanceof Concat) {
        into.concat(name, in);
      } else if (layer.op() instanceof GlobalPool2d pool && pool.kind() == Reduction.MEAN) {
        into.globalAverage(name, in.get(0));
      } else if (layer.op() instanceof Reshape && shapes.get(name).rank() == 2) {
        into.flatten(name, in.get(0));
      } else if (layer.op() instanceof Dense) {
        dense(layer, in.get(0));
      } else if (layer.op() instanceof Pad pad && pad.value() == 0) {
        padded.put(name, pad);
        alias.put(name, in.get(0));
      } else if (layer.op() instanceof Identity) {
        alias.put(name, in.get(0));
      } else {
        throw new IllegalArgumentException(
            "layer " + name + ": no peer is told what " + layer.op() + " is");
      }
    }

    /** With what was padded before it. */
    private Window window(Conv2d conv, String input) {
      Window w = conv.sliding().on(shapes.get(input));
      Pad pad = padded.get(input);
      return pad == null
          ? w
          : w.padded(
              w.padTop() + pad.top(),
              w.padLeft() + pad.left(),
              w.padBottom() + pad.bottom(),
              w.padRight() + pad.right());
    }

    private void dense(Layer layer, String input) {
      Parameter weights = layer.parameters().get(0);
      Shape s = weights.value().shape();
      Layer before = network.layer(layer.inputs().get(0));
      int pixels = 1;
      if (before.op() instanceof Reshape) {
        Shape image = shapes.get(before.inputs().get(0));
        pixels = image.dim(1) * image.dim(2);
      }
      into.dense(
          layer.name(),
          input,
          Layouts.dense(s, weights.value().toFloats(), pixels),
          s.dim(1),
          s.dim(0),
          bias(layer, s.dim(1)));
    }

    private static float[] bias(Layer layer, int channels) {
      return layer.parameters().size() > 1
          ? layer.parameters().get(1).value().toFloats()
          : new float[channels];
    }
  }
}
