package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.attribution.Baseline;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.plot.LinePlot;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.trust.PixelCurve;
import dev.vitrine.viz.trust.PixelMap;
import dev.vitrine.viz.trust.Sensitivity;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code faithfulness}: whether the pixels that a map points at are those that count. */
@Command(
    name = "faithfulness",
    mixinStandardHelpOptions = true,
    description =
        "Takes pixels away in the order of a map, and puts them back: the score's curves, the areas"
            + " below them, and how far the map moves when the photograph hardly does.")
final class FaithfulnessCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private TargetOptions target;
  @Mixin private MethodOptions methods;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "64",
      description = "Points of each curve. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--samples",
      paramLabel = "N",
      defaultValue = "10",
      description = "Small changes of the photograph that are tried. Default: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--radius",
      paramLabel = "SHARE",
      defaultValue = "0.02",
      description = "Their size as a share of the input's range. Default: ${DEFAULT-VALUE}.")
  private double radius;

  /** What is measured of one method. */
  private record Measured(
      String method, PixelCurve deletion, PixelCurve insertion, double sensitivity) {}

  @Override
  public Integer call() {
    List<String> names = methods.names();
    if (steps < 1 || samples < 1) {
      throw usage("--steps and --samples must be 1 or more");
    }
    if (!(radius > 0 && radius <= 1)) {
      throw usage("--radius is " + radius + "; it must be above 0 and at most 1");
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      String scored = target.layer(loaded);
      Map<String, PixelMap> maps = new LinkedHashMap<>();
      names.forEach(n -> maps.put(n, methods.of(n, loaded, photograph, scored, model.seed())));
      try (Study study = new Study(loaded, photograph, Set.of(scored))) {
        TargetOptions.Target what = target.resolve(loaded, study.run());
        List<Measured> measured = new ArrayList<>();
        long all = (long) names.size() * (2 * (steps + 1) + samples);
        int[] done = {0};
        try (Progress bar = Progress.of("faithfulness", 0, all, Progress.Unit.STEPS)) {
          maps.forEach(
              (name, map) ->
                  measured.add(measured(study, what, name, map, n -> bar.to(done[0] += n))));
        }
        write(study, what, measured);
      }
    }
    return 0;
  }

  private Measured measured(
      Study study, TargetOptions.Target what, String name, PixelMap method, IntConsumer progress) {
    Subject subject = study.subject(what.objective());
    Objective score = MethodOptions.bounded(study.model(), what.objective());
    Subject scored = study.subject(score);
    float[] map = method.of(subject);
    float[] nothing = Baseline.MEAN.of(study.photograph().input(), study.model().preprocessing());
    float[] blurred = Baseline.BLUR.of(study.photograph().input(), study.model().preprocessing());
    return new Measured(
        name,
        PixelCurve.deletion(scored, map, nothing, steps, progress),
        PixelCurve.insertion(scored, map, blurred, steps, progress),
        new Sensitivity(samples, radius, model.seed()).of(subject, method, progress));
  }

  private void write(Study study, TargetOptions.Target what, List<Measured> measured) {
    OutputFolder folder = output.folder();
    String stem = study.photograph().stem();
    boolean probability =
        !MethodOptions.bounded(study.model(), what.objective()).equals(what.objective())
            || study.model().hasProbabilities() && !target.isUnit();
    String score = (probability ? "Probability of " : "Score of ") + what.people();
    Map<String, Object> record = Provenance.of(command, study);
    record.put("target", Attribution.targetRecord(what));
    record.put("score", probability ? "probability" : "value");
    List<Map<String, Object>> results = new ArrayList<>();
    for (Measured one : measured) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("method", one.method());
      result.put("deletionArea", one.deletion().area());
      result.put("insertionArea", one.insertion().area());
      result.put("sensitivity", Double.isFinite(one.sensitivity()) ? one.sensitivity() : null);
      result.put("shares", one.deletion().shares());
      result.put("deletion", one.deletion().scores());
      result.put("insertion", one.insertion().scores());
      results.add(result);
      if (!output.json()) {
        CommandOutput.line(
            "%s: deletion %.3f (less is better), insertion %.3f (more is better), sensitivity %.2f",
            one.method(), one.deletion().area(), one.insertion().area(), one.sensitivity());
      }
    }
    record.put("results", results);
    Path deletion =
        folder.text(
            stem + "-deletion.svg",
            new LinePlot(
                    "Deletion, " + stem,
                    score,
                    "pixels covered, the most important first",
                    LinePlot.percents(),
                    measured.stream().map(m -> curve(m.method(), m.deletion())).toList())
                .svg());
    Path insertion =
        folder.text(
            stem + "-insertion.svg",
            new LinePlot(
                    "Insertion, " + stem,
                    score,
                    "pixels uncovered, the most important first",
                    LinePlot.percents(),
                    measured.stream().map(m -> curve(m.method(), m.insertion())).toList())
                .svg());
    record.put("plots", List.of(deletion.toString(), insertion.toString()));
    folder.json(stem + "-faithfulness", record);
    if (output.json()) {
      CommandOutput.json(record);
    } else {
      CommandOutput.line("plots: %s, %s", deletion, insertion);
    }
  }

  private static LinePlot.Curve curve(String method, PixelCurve curve) {
    return new LinePlot.Curve(method, curve.shares(), curve.scores());
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
