package dev.vitrine.viz.cli;

import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.Zoo;
import dev.vitrine.weights.fetch.CacheFolder;
import dev.vitrine.weights.fetch.Catalog;
import dev.vitrine.weights.fetch.RemoteFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code models}: the networks that are known, and where they are. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description =
        "Lists the networks that are known: size, licence, what they take and whether they are"
            + " here. Any other Keras file is named by --model FILE.")
final class ModelsCommand implements Callable<Integer> {
  @Option(names = "--json", description = "The result as JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (KnownModel model : Zoo.all()) {
      Map<String, Object> row = row(model);
      rows.add(row);
      if (!json) {
        print(model, row);
      }
    }
    if (json) {
      CommandOutput.json(rows);
    } else {
      CommandOutput.line("fetched models lie in %s", CacheFolder.ofUser().models());
    }
    return 0;
  }

  private static Map<String, Object> row(KnownModel model) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", model.name());
    row.put("description", model.description());
    row.put("licence", model.licence());
    row.put("input", new int[] {model.input().height(), model.input().width(), 3});
    row.put("parameters", model.parameters());
    row.put("preprocessing", model.preprocessing().toString());
    row.put("bytes", null);
    row.put("present", model.isBuiltIn());
    row.put("file", null);
    if (model.place() instanceof KnownModel.BuiltIn builtIn) {
      row.put("bytes", builtIn.bytes());
    }
    if (model.place() instanceof KnownModel.Published published) {
      Optional<Path> file = Catalog.file(model.name());
      row.put("bytes", published.file().bytes());
      row.put("present", file.isPresent());
      row.put("file", file.map(Path::toString).orElse(null));
      row.put("url", published.file().uri().toString());
      row.put("md5", published.file().md5());
    }
    return row;
  }

  private static void print(KnownModel model, Map<String, Object> row) {
    String where;
    if (model.isBuiltIn()) {
      where = "built in";
    } else if (row.get("file") != null) {
      where = "here: " + row.get("file");
    } else if (model.place() instanceof KnownModel.Published) {
      where = "./vitrine fetch " + model.name();
    } else {
      where = "no hash is published: bring its file, --model FILE";
    }
    String size = row.get("bytes") == null ? "" : RemoteFile.readable((long) row.get("bytes"));
    String input =
        model.input().height() == 0
            ? "any size"
            : model.input().height() + "x" + model.input().width();
    CommandOutput.line("%-12s  %7s  %-8s  %s", model.name(), size, input, where);
    CommandOutput.line("%-12s  %s", "", model.description());
    CommandOutput.line(
        "%-12s  %s",
        "",
        String.format(
            Locale.ROOT,
            "%,d parameters, preprocessing %s; %s",
            model.parameters(),
            model.preprocessing(),
            model.licence()));
  }
}
