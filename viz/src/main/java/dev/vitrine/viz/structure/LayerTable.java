package dev.vitrine.viz.structure;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Parameter;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.ConvTranspose2d;
import dev.vitrine.engine.op.Dense;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A network's layers with what each makes and costs.
 *
 * @param rows the input, then the layers in the network's order
 * @param multiplyAdds of all layers together; null where any size of input will do
 */
public record LayerTable(List<Row> rows, Long multiplyAdds) {
  /** What the shapes are worked out for where any size will do: an axis that differs is any. */
  private static final int[] SIZES = {256, 512};

  /**
   * One layer.
   *
   * @param type what the engine calls its operation
   * @param output its shape without the batch axis; 0 stands for any size
   * @param parameters its weights' numbers, those that it shares with another layer too
   * @param multiplyAdds of its convolution or matrix product for one picture, other operations not
   *     counted; null where any size of input will do
   * @param receptiveField rows and columns of the input that one position depends on; null where
   *     that is all of any input
   */
  public record Row(
      String name,
      String type,
      int[] output,
      long parameters,
      List<String> inputs,
      Long multiplyAdds,
      int[] receptiveField) {

    /** {@code [112, 112, 64]}, with {@code any} for an axis of any size. */
    public String shape() {
      return text(output);
    }

    /** {@code 11}, {@code 11x7} or {@code all}. */
    public String sees() {
      if (receptiveField == null) {
        return "all";
      }
      return receptiveField[0] == receptiveField[1]
          ? Integer.toString(receptiveField[0])
          : receptiveField[0] + "x" + receptiveField[1];
    }
  }

  /** A network's table. */
  public static LayerTable of(Network network) {
    Shape in = network.inputShape();
    boolean anySize = in.dim(1) == 0 || in.dim(2) == 0;
    Map<String, Shape> small = network.shapes(sized(in, SIZES[0]));
    Map<String, Shape> large = anySize ? network.shapes(sized(in, SIZES[1])) : small;
    Map<String, Optional<ReceptiveField>> fields = ReceptiveField.of(network, small);
    List<Row> rows = new ArrayList<>();
    rows.add(
        new Row(
            network.input(),
            "Input",
            withoutBatch(in),
            0,
            List.of(),
            anySize ? null : 0L,
            extent(fields.get(network.input()))));
    long sum = 0;
    for (Layer layer : network.layers()) {
      long products = multiplyAdds(layer, small);
      sum += products;
      rows.add(
          new Row(
              layer.name(),
              layer.op().type(),
              common(small.get(layer.name()), large.get(layer.name())),
              layer.parameters().stream().mapToLong(Parameter::count).sum(),
              layer.inputs(),
              anySize && products > 0 ? null : products,
              extent(fields.get(layer.name()))));
    }
    return new LayerTable(List.copyOf(rows), anySize ? null : sum);
  }

  /** {@code [112, 112, 64]}, with {@code any} for 0. */
  public static String text(int[] dims) {
    return Arrays.stream(dims)
        .mapToObj(d -> d == 0 ? "any" : Integer.toString(d))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  /** Each number of the kernel is multiplied once for each place that the kernel is put to. */
  private static long multiplyAdds(Layer layer, Map<String, Shape> shapes) {
    Op op = layer.op();
    if (op instanceof Conv2d) {
      return places(shapes.get(layer.name())) * kernel(layer);
    }
    if (op instanceof ConvTranspose2d) {
      return places(shapes.get(layer.inputs().get(0))) * kernel(layer);
    }
    return op instanceof Dense ? kernel(layer) : 0;
  }

  private static long places(Shape maps) {
    return (long) maps.dim(1) * maps.dim(2);
  }

  private static long kernel(Layer layer) {
    return layer.parameters().get(0).value().shape().size();
  }

  private static int[] extent(Optional<ReceptiveField> field) {
    return field.map(f -> new int[] {f.down().size(), f.across().size()}).orElse(null);
  }

  private static Shape sized(Shape input, int size) {
    Shape sized = input;
    for (int axis = 1; axis < 3; axis++) {
      sized = sized.dim(axis) > 0 ? sized : sized.with(axis, size);
    }
    return sized;
  }

  private static int[] common(Shape small, Shape large) {
    int[] dims = withoutBatch(small);
    for (int axis = 0; axis < dims.length; axis++) {
      dims[axis] = large.dim(axis + 1) == dims[axis] ? dims[axis] : 0;
    }
    return dims;
  }

  private static int[] withoutBatch(Shape shape) {
    return Arrays.copyOfRange(shape.dims(), 1, shape.rank());
  }
}
