package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code summary}: the layers with their shapes and weights. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    description = "Lists the network's layers with their shapes and parameters.")
final class SummaryCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  /** What the shapes are worked out for where any size will do: an axis that differs is any. */
  private static final int[] SIZES = {256, 512};

  /** One layer; the shape's batch axis is left out, 0 stands for any size. */
  record Row(String name, String type, int[] output, long parameters, List<String> inputs) {}

  @Override
  public Integer call() {
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      Network network = loaded.network();
      List<Row> rows = rows(network);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", loaded.name());
        result.put("sha256", loaded.hash());
        result.put("preprocessing", preprocessing(loaded));
        result.put("parameters", network.parameterCount());
        result.put("layers", rows);
        CommandOutput.json(result);
      } else {
        print(loaded, rows);
      }
    }
    return 0;
  }

  private static List<Row> rows(Network network) {
    Shape in = network.inputShape();
    Map<String, Shape> small = network.shapes(sized(in, SIZES[0]));
    Map<String, Shape> large = network.shapes(sized(in, SIZES[1]));
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(network.input(), "Input", withoutBatch(in), 0, List.of()));
    for (Layer layer : network.layers()) {
      long parameters = layer.parameters().stream().mapToLong(p -> p.value().shape().size()).sum();
      rows.add(
          new Row(
              layer.name(),
              layer.op().type(),
              common(small.get(layer.name()), large.get(layer.name())),
              parameters,
              layer.inputs()));
    }
    return rows;
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

  private static String text(int[] dims) {
    return Arrays.stream(dims)
        .mapToObj(d -> d == 0 ? "any" : Integer.toString(d))
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static int[] withoutBatch(Shape shape) {
    return Arrays.copyOfRange(shape.dims(), 1, shape.rank());
  }

  private static void print(Model model, List<Row> rows) {
    int name = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
    int type = rows.stream().mapToInt(r -> r.type().length()).max().orElse(0);
    String format = "%-" + name + "s  %-" + type + "s  %-16s %12s  %s";
    CommandOutput.line(format, "layer", "type", "output", "parameters", "reads");
    String before = "";
    for (Row row : rows) {
      String reads = String.join(", ", row.inputs());
      CommandOutput.line(
          format,
          row.name(),
          row.type(),
          text(row.output()),
          row.parameters() == 0 ? "" : String.format("%,d", row.parameters()),
          reads.equals(before) ? "" : reads);
      before = row.name();
    }
    CommandOutput.line(
        "%s: %,d parameters, input %s, preprocessing %s",
        model.name(),
        model.network().parameterCount(),
        text(rows.get(0).output()),
        preprocessing(model));
  }

  private static String preprocessing(Model model) {
    return model.hasPreprocessing() ? model.preprocessing().toString() : "not known";
  }
}
