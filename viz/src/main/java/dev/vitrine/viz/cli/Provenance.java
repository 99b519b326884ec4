package dev.vitrine.viz.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What it takes to make a picture again: the {@code .json} beside it. */
final class Provenance {
  /** Options that change nothing in a picture. */
  private static final Set<String> ASIDE = Set.of("out", "raw", "json", "verbose", "help");

  private Provenance() {}

  /** The common part; a method adds its own figures. */
  static Map<String, Object> of(CommandSpec command, Study study) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("version", Version.text());
    CommandSpec root = command;
    while (root.parent() != null) {
      root = root.parent();
    }
    List<String> words = new ArrayList<>(List.of(root.name()));
    words.addAll(root.commandLine().getParseResult().originalArgs());
    record.put("command", words);
    Map<String, Object> parameters = parameters(command);
    Object seed = parameters.remove("seed");
    record.put("parameters", parameters);
    record.put("seed", seed);
    record.put("image", study.photograph().file().toString());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("name", study.model().name());
    model.put("sha256", study.model().hash());
    model.put("preprocessing", study.model().preprocessing().toString());
    record.put("model", model);
    record.put(
        "input",
        new int[] {study.photograph().input().height(), study.photograph().input().width(), 3});
    record.put("backend", study.model().network().backend().description());
    return record;
  }

  /** Every option that counts with the value that it had, given or by default. */
  private static Map<String, Object> parameters(CommandSpec command) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    for (OptionSpec option : command.options()) {
      String name = option.longestName().replaceFirst("^--", "");
      if (!option.versionHelp() && !ASIDE.contains(name)) {
        Object value = option.getValue();
        boolean plain = value instanceof Number || value instanceof List<?> || value == null;
        parameters.put(name, plain ? value : value.toString());
      }
    }
    return parameters;
  }
}
