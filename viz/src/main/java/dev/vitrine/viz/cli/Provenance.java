package dev.vitrine.viz.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** What it takes to make a picture again: the {@code .json} beside it. */
final class Provenance {
  private Provenance() {}

  /** The common part; a method adds its own parameters and figures. */
  static Map<String, Object> of(CommandSpec command, Study study) {
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("vitrine", Version.text());
    List<String> arguments = new ArrayList<>();
    CommandSpec root = command;
    while (root.parent() != null) {
      root = root.parent();
    }
    arguments.addAll(root.commandLine().getParseResult().originalArgs());
    record.put("command", arguments);
    record.put("image", study.photograph().file().toString());
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("name", study.model().name());
    model.put("sha256", study.model().hash());
    model.put("preprocessing", study.model().preprocessing().toString());
    record.put("model", model);
    record.put(
        "input",
        new int[] {study.photograph().input().height(), study.photograph().input().width(), 3});
    record.put("resize", study.photograph().resize().toString());
    record.put("backend", study.model().network().backend().description());
    record.put("seed", null); // nothing here is random
    return record;
  }
}
