package dev.vitrine.viz.cli;

import dev.vitrine.weights.Model;
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
    Map<String, Object> record = of(command);
    record.put("image", study.photograph().file().toString());
    putModel(record, study.model());
    record.put(
        "input",
        new int[] {study.photograph().input().height(), study.photograph().input().width(), 3});
    putBackend(record, study.model());
    return record;
  }

  /** The common part of a picture that no photograph had a part in. */
  static Map<String, Object> of(CommandSpec command, Model model) {
    Map<String, Object> record = of(command);
    putModel(record, model);
    putBackend(record, model);
    return record;
  }

  private static Map<String, Object> of(CommandSpec command) {
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
    return record;
  }

  private static void putModel(Map<String, Object> record, Model model) {
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("name", model.name());
    entry.put("sha256", model.hash());
    entry.put("preprocessing", model.hasPreprocessing() ? model.preprocessing().toString() : null);
    record.put("model", entry);
  }

  private static void putBackend(Map<String, Object> record, Model model) {
    record.put("backend", model.network().backend().description());
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
