package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.verify.Check;
import dev.vitrine.viz.verify.Expectation;
import dev.vitrine.viz.verify.KnownAnswer;
import dev.vitrine.viz.verify.Verification;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.KnownModel;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.Models;
import dev.vitrine.weights.Zoo;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify [NAME]}: whether a network computes what it should. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Checks networks: the file's hash, shapes and numbers, what they say of pictures whose"
            + " class is known, and that every backend computes the same. Where an answer is wrong"
            + " it says whether channels, kernels or dense rows are in the wrong order.")
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;

  @Parameters(
      paramLabel = "NAME|FILE",
      arity = "0..1",
      description = "The network. Default: all that are here.")
  private String name;

  @Option(
      names = "--image",
      paramLabel = "IMAGE",
      description = "A photograph whose class is known; with --class.")
  private Path image;

  @Option(
      names = "--class",
      paramLabel = "ID|WORDNET|NAME",
      description = "What the network should take it for.")
  private String wanted;

  @Option(names = "--quick", description = "Without the comparison with other backends.")
  private boolean quick;

  @Option(
      names = "--json",
      description = "The result as JSON on standard output, nothing else there.")
  private boolean json;

  @Override
  public Integer call() {
    if ((image == null) != (wanted == null)) {
      throw new ParameterException(
          command.commandLine(), "--image and --class belong together: give both");
    }
    List<Map<String, Object>> results = new ArrayList<>();
    boolean fine = true;
    for (String each : names()) {
      List<Check> checks = check(each);
      boolean all = checks.stream().noneMatch(c -> c.verdict() == Check.Verdict.WRONG);
      fine &= all;
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("model", each);
      result.put("fine", all);
      result.put("checks", checks);
      results.add(result);
      if (!json) {
        CommandOutput.line("%s", each);
        for (Check check : checks) {
          CommandOutput.line(
              "  %-7s  %-9s  %s",
              check.verdict().name().toLowerCase(Locale.ROOT), check.name(), check.what());
        }
      }
    }
    if (json) {
      CommandOutput.json(results);
    }
    return fine ? 0 : Errors.FAILED;
  }

  private List<String> names() {
    if (name != null) {
      return List.of(name);
    }
    return model.isNamed()
        ? List.of(model.name())
        : Zoo.all().stream().filter(Verification::isHere).map(KnownModel::name).toList();
  }

  private List<Check> check(String each) {
    try (Backend backend = model.openBackend()) {
      Model loaded;
      try {
        loaded = model.open(each, backend);
      } catch (BadInputException e) {
        return List.of(Check.wrong("file", e.getMessage()));
      }
      try (loaded) {
        return Verification.of(loaded, expected(each, loaded), quick, CommandOutput::note);
      }
    }
  }

  private Expectation expected(String each, Model loaded) {
    Expectation expected =
        Zoo.find(each)
            .map(Expectation::of)
            .or(() -> Models.recognize(Path.of(each)).map(Expectation::ofStructure))
            .orElse(Expectation.NONE);
    if (image == null) {
      return expected;
    }
    int index = Prediction.labels(loaded).find(wanted).index();
    return expected.with(
        new KnownAnswer(
            image.getFileName().toString(),
            Picture.read(image),
            Set.of(index),
            OptionalDouble.empty()));
  }
}
