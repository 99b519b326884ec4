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
    Map<String, Shape> shapes =
        in.dim(1) > 0 && in.dim(2) > 0 ? network.shapes(in) : Map.of(network.input(), in);
    List<Row> rows = new ArrayList<>();
    rows.add(new Row(network.input(), "Input", withoutBatch(in), 0, List.of()));
    for (Layer layer : network.layers()) {
      Shape shape = shapes.get(layer.name());
      long parameters = layer.parameters().stream().mapToLong(p -> p.value().shape().size()).sum();
      rows.add(
          new Row(
              layer.name(),
              layer.op().type(),
              shape == null ? new int[0] : withoutBatch(shape),
              parameters,
              layer.inputs()));
    }
    return rows;
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
          row.output().length == 0 ? "any" : Arrays.toString(row.output()),
          row.parameters() == 0 ? "" : String.format("%,d", row.parameters()),
          reads.equals(before) ? "" : reads);
      before = row.name();
    }
    CommandOutput.line(
        "%s: %,d parameters, input %s, preprocessing %s",
        model.name(),
        model.network().parameterCount(),
        rows.get(0).output().length == 0 ? "any" : Arrays.toString(rows.get(0).output()),
        preprocessing(model));
  }

  private static String preprocessing(Model model) {
    return model.hasPreprocessing() ? model.preprocessing().toString() : "not known";
  }
}
