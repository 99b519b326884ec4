package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.DeviceOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code devices}: the backends, and for each one that can't be used why and what to do. */
@Command(
    name = "devices",
    mixinStandardHelpOptions = true,
    description =
        "Lists the backends: version and memory, or what is missing and what to do about it.")
final class DevicesCommand implements Callable<Integer> {
  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (BackendProvider provider : Backends.all()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", provider.name());
      row.put("device", provider.device());
      Optional<String> missing = provider.missing();
      row.put("usable", missing.isEmpty());
      if (missing.isPresent()) {
        row.put("missing", missing.get());
      } else {
        try (Backend backend = provider.open(DeviceOptions.DEFAULT)) {
          row.put("description", backend.description());
          row.put("memoryBudgetBytes", backend.memoryBudget());
        } catch (BackendException e) {
          row.put("usable", false);
          row.put("missing", e.getMessage());
        }
      }
      rows.add(row);
    }
    if (json) {
      CommandOutput.json(rows);
    } else {
      for (Map<String, Object> row : rows) {
        boolean usable = Boolean.TRUE.equals(row.get("usable"));
        CommandOutput.line(
            "%-10s %-5s %-4s %s",
            row.get("name"),
            row.get("device"),
            usable ? "yes" : "no",
            usable
                ? "%s; %.1f GB for batches"
                    .formatted(row.get("description"), (long) row.get("memoryBudgetBytes") / 1e9)
                : row.get("missing"));
      }
    }
    return 0;
  }
}
