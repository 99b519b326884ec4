package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.Table;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What {@code sanity} and {@code faithfulness} share: several methods are examined on a photograph,
 * and on several photographs a table sums them up.
 *
 * @param <R> what is found out about one method on one photograph
 */
abstract class ExaminationCommand<R> implements Callable<Integer> {
  @Spec CommandSpec command;
  @Mixin ModelOptions model;
  @Mixin InputOptions input;
  @Mixin TargetOptions target;
  @Mixin MethodOptions methods;
  @Mixin OutputOptions output;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Photographs; a table sums up several.")
  List<Path> images;

  /** What was found out on a photograph, by method, and its record. */
  record Finding<R>(String photograph, Map<String, R> methods, Map<String, Object> record) {}

  /** Checks options, before a model is opened. */
  abstract void check();

  /** Examines the methods on one photograph, writes what is found and says it. */
  abstract Finding<R> examine(
      Study study, TargetOptions.Target what, Map<String, MethodOptions.Examined> examined);

  /** The methods in rows; with what is in a row as numbers, for the record. */
  abstract Table table(List<Finding<R>> findings, List<Map<String, Object>> numbers);

  @Override
  public final Integer call() {
    methods.check();
    check();
    checkNames();
    List<Finding<R>> findings = new ArrayList<>();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      List<InputOptions.Photograph> photographs = new ArrayList<>();
      images.forEach(image -> photographs.add(input.read(image, loaded)));
      for (InputOptions.Photograph photograph : photographs) {
        try (Study study =
            new Study(loaded, photograph, methods.heard(loaded, photograph, target))) {
          TargetOptions.Target what = target.resolve(loaded, study.run());
          findings.add(examine(study, what, methods.of(study, target, what, model.seed())));
        }
      }
      if (findings.size() > 1) {
        sumUp(loaded, findings);
      } else if (output.json()) {
        CommandOutput.json(findings.get(0).record());
      }
    }
    return 0;
  }

  private void sumUp(Model loaded, List<Finding<R>> findings) {
    OutputFolder folder = output.folder();
    List<Map<String, Object>> numbers = new ArrayList<>();
    String table = table(findings, numbers).markdown();
    Path file = folder.text(command.name() + ".md", table);
    Map<String, Object> record = Provenance.of(command, loaded);
    record.put("images", images.stream().map(Path::toString).toList());
    record.put("methods", numbers);
    record.put("table", file.toString());
    folder.json(command.name(), record);
    if (output.json()) {
      record.put("photographs", findings.stream().map(Finding::record).toList());
      CommandOutput.json(record);
    } else {
      CommandOutput.line("%n%s", table);
      CommandOutput.line("table: %s", file);
    }
  }

  /** Two photographs must not write one file. */
  private void checkNames() {
    Map<String, Path> first = new HashMap<>();
    for (Path image : images) {
      Path before = first.putIfAbsent(InputOptions.stem(image), image);
      if (before != null) {
        throw usage(
            before
                + " and "
                + image
                + " would both become "
                + InputOptions.stem(image)
                + "-"
                + command.name()
                + ".json: run them one at a time, each with its own --out");
      }
    }
  }

  /** A record and what one method adds to it. */
  static Map<String, Object> with(Map<String, Object> record, Map<String, Object> own) {
    Map<String, Object> all = new LinkedHashMap<>(record);
    all.putAll(own);
    return all;
  }

  ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
