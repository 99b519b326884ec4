package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.structure.LayerTable;
import dev.vitrine.weights.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code summary}: the layers with what each makes, costs and sees. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    description =
        "Lists the network's layers: shape, parameters, multiply-adds of the convolutions and dense"
            + " layers, and how many pixels of the input one position sees.")
final class SummaryCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;

  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      Network network = loaded.network();
      LayerTable table = LayerTable.of(network);
      if (json) {
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("model", loaded.name());
        result.put("sha256", loaded.hash());
        result.put("preprocessing", preprocessing(loaded));
        result.put("parameters", network.parameterCount());
        result.put("multiplyAdds", table.multiplyAdds());
        result.put("layers", table.rows());
        CommandOutput.json(result);
      } else {
        print(loaded, table);
      }
    }
    return 0;
  }

  private static void print(Model model, LayerTable table) {
    List<LayerTable.Row> rows = table.rows();
    int name = rows.stream().mapToInt(r -> r.name().length()).max().orElse(0);
    int type = rows.stream().mapToInt(r -> r.type().length()).max().orElse(0);
    String format = "%-" + name + "s  %-" + type + "s  %-16s %12s %15s  %5s  %s";
    CommandOutput.line(
        format, "layer", "type", "output", "parameters", "multiply-adds", "sees", "reads");
    String before = "";
    for (LayerTable.Row row : rows) {
      String reads = String.join(", ", row.inputs());
      CommandOutput.line(
          format,
          row.name(),
          row.type(),
          row.shape(),
          number(row.parameters()),
          row.multiplyAdds() == null ? "any" : number(row.multiplyAdds()),
          row.sees(),
          reads.equals(before) ? "" : reads);
      before = row.name();
    }
    CommandOutput.line(
        "%s: %,d parameters, %s, input %s, preprocessing %s",
        model.name(),
        model.network().parameterCount(),
        table.multiplyAdds() == null
            ? "multiply-adds by the size of the input"
            : String.format(Locale.ROOT, "%,d multiply-adds", table.multiplyAdds()),
        rows.get(0).shape(),
        preprocessing(model));
  }

  private static String number(long value) {
    return value == 0 ? "" : String.format(Locale.ROOT, "%,d", value);
  }

  private static String preprocessing(Model model) {
    return model.hasPreprocessing() ? model.preprocessing().toString() : "not known";
  }
}
