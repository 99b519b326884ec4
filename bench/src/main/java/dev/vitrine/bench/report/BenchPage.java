package dev.vitrine.bench.report;

import com.samskivert.mustache.Mustache;
import dev.vitrine.viz.plot.LinePlot;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A run on one page, plots within.
 *
 * @param failures what could not be measured, and why
 */
record BenchPage(Machine machine, String kind, Results results, List<String> failures) {

  /** The page; it asks the network for nothing. */
  String html() {
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("machine", machine);
    context.put("kind", kind);
    context.put("busy", machine.busy().orElse(null));
    context.put("failures", failures);
    context.put("hasFailures", !failures.isEmpty());
    context.put("tables", tables());
    List<LinePlot> plots = new Growth(results, machine.threads()).plots();
    context.put("plots", plots.stream().map(LinePlot::svg).toList());
    context.put("hasPlots", !plots.isEmpty());
    try (Reader template =
        new InputStreamReader(
            BenchPage.class.getResourceAsStream("bench.html"), StandardCharsets.UTF_8)) {
      return Mustache.compiler().compile(template).execute(context);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's template cannot be read", e);
    }
  }

  /** The tables for {@code bench/results/README.md}. */
  String markdown() {
    StringBuilder text = new StringBuilder("## %s, a %s run%n%n".formatted(machine.date(), kind));
    machine.versions().forEach(line -> text.append("- ").append(line).append('\n'));
    machine.busy().ifPresent(line -> text.append("- ").append(line).append('\n'));
    text.append('\n');
    failures.forEach(line -> text.append("- not measured: ").append(line).append('\n'));
    text.append(failures.isEmpty() ? "" : "\n");
    tables().forEach(table -> text.append(table.markdown()));
    return text.toString();
  }

  private List<Table> tables() {
    return new Tables(results, machine).all();
  }
}
