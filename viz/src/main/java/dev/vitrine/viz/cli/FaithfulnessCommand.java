package dev.vitrine.viz.cli;

import dev.vitrine.viz.attribution.Baseline;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Subject;
import dev.vitrine.viz.plot.LinePlot;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.render.Table;
import dev.vitrine.viz.trust.Control;
import dev.vitrine.viz.trust.PixelCurve;
import dev.vitrine.viz.trust.Sensitivity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code faithfulness}: whether the pixels that a map points at are those that count. */
@Command(
    name = "faithfulness",
    mixinStandardHelpOptions = true,
    description =
        "Takes pixels away in the order of a map, and puts them back: the score's curves, the areas"
            + " below them, and how far the map moves when the photograph hardly does.")
final class FaithfulnessCommand extends ExaminationCommand<FaithfulnessCommand.Faithfulness> {
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

  /**
   * What is measured of one method.
   *
   * @param share true if curves are shares of a unit's value beside others' probabilities
   */
  record Faithfulness(
      PixelCurve deletion, PixelCurve insertion, double sensitivity, boolean share) {}

  @Override
  void check() {
    if (steps < 1 || samples < 1) {
      throw usage("--steps and --samples must be 1 or more");
    }
    if (!(radius > 0 && radius <= 1)) {
      throw usage("--radius is " + radius + "; it must be above 0 and at most 1");
    }
  }

  @Override
  Finding<Faithfulness> examine(
      Study study, TargetOptions.Target what, Map<String, MethodOptions.Examined> examined) {
    Map<String, Faithfulness> measured = new LinkedHashMap<>();
    long all = (long) examined.size() * (2 * (steps + 1) + samples);
    int[] done = {0};
    try (Progress bar = Progress.of("faithfulness", 0, all, Progress.Unit.STEPS)) {
      examined.forEach(
          (name, method) ->
              measured.put(name, measured(study, what, method, n -> bar.to(done[0] += n))));
    }
    return new Finding<>(
        study.photograph().stem(), measured, write(study, what, examined, measured));
  }

  /**
   * The score of a unit is divided by its value for the photograph where the other methods explain
   * a class: shares of it lie beside probabilities.
   */
  private Faithfulness measured(
      Study study, TargetOptions.Target what, MethodOptions.Examined method, IntConsumer progress) {
    Objective objective = method.target().objective();
    Subject subject = study.subject(objective);
    Subject scored = study.subject(MethodOptions.bounded(study.model(), objective));
    float[] map = method.map().of(subject);
    float[] nothing = Baseline.MEAN.of(study.photograph().input(), study.model().preprocessing());
    float[] blurred = Baseline.BLUR.of(study.photograph().input(), study.model().preprocessing());
    PixelCurve deletion = PixelCurve.deletion(scored, map, nothing, steps, progress);
    PixelCurve insertion = PixelCurve.insertion(scored, map, blurred, steps, progress);
    double sensitivity =
        new Sensitivity(samples, radius, model.seed()).of(subject, method.map(), progress);
    boolean share = !method.target().equals(what);
    double unit = share ? deletion.scores()[0] : 1;
    return new Faithfulness(deletion.over(unit), insertion.over(unit), sensitivity, share);
  }

  private Map<String, Object> write(
      Study study,
      TargetOptions.Target what,
      Map<String, MethodOptions.Examined> examined,
      Map<String, Faithfulness> measured) {
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
    measured.forEach(
        (name, one) -> {
          Map<String, Object> result = new LinkedHashMap<>();
          result.put("method", name);
          TargetOptions.Target own = examined.get(name).target();
          if (!own.equals(what)) {
            result.put("target", Attribution.targetRecord(own));
            result.put("score", "share of the unit's value");
          }
          result.put("deletionArea", one.deletion().area());
          result.put("insertionArea", one.insertion().area());
          result.put("sensitivity", numberOrNull(one.sensitivity()));
          result.put("shares", one.deletion().shares());
          result.put("deletion", one.deletion().scores());
          result.put("insertion", one.insertion().scores());
          results.add(result);
          if (!output.json()) {
            CommandOutput.line(
                "%s: deletion %.3f (less is better), insertion %.3f (more is better),"
                    + " sensitivity %.2f",
                name, one.deletion().area(), one.insertion().area(), one.sensitivity());
          }
        });
    record.put("results", results);
    Path deletion =
        plot(folder, stem, "Deletion", "covered", score, measured, Faithfulness::deletion);
    Path insertion =
        plot(folder, stem, "Insertion", "uncovered", score, measured, Faithfulness::insertion);
    record.put("plots", List.of(deletion.toString(), insertion.toString()));
    folder.json(stem + "-faithfulness", record);
    if (!output.json()) {
      CommandOutput.line("plots: %s, %s", deletion, insertion);
    }
    return record;
  }

  private static Path plot(
      OutputFolder folder,
      String stem,
      String title,
      String done,
      String score,
      Map<String, Faithfulness> measured,
      Function<Faithfulness, PixelCurve> curve) {
    List<LinePlot.Curve> curves = new ArrayList<>();
    measured.forEach(
        (name, one) ->
            curves.add(
                new LinePlot.Curve(name, curve.apply(one).shares(), curve.apply(one).scores())));
    return folder.text(
        stem + "-" + title.toLowerCase(Locale.ROOT) + ".svg",
        new LinePlot(
                title + ", " + stem,
                score,
                "pixels " + done + ", the most important first",
                LinePlot.percents(),
                curves)
            .svg());
  }

  @Override
  Table table(List<Finding<Faithfulness>> findings, List<Map<String, Object>> numbers) {
    List<String> head = new ArrayList<>(List.of("method"));
    findings.forEach(f -> head.add(f.photograph()));
    head.addAll(List.of("deletion", "insertion", "sensitivity", "better than noise", "than edges"));
    List<List<String>> rows = new ArrayList<>();
    for (String name : findings.get(0).methods().keySet()) {
      double deletion = mean(findings, name, f -> f.deletion().area());
      double insertion = mean(findings, name, f -> f.insertion().area());
      double sensitivity = mean(findings, name, Faithfulness::sensitivity);
      List<String> row = new ArrayList<>(List.of(name));
      for (Finding<Faithfulness> finding : findings) {
        Faithfulness one = finding.methods().get(name);
        row.add(text(one.deletion().area()) + " / " + text(one.insertion().area()));
      }
      row.addAll(List.of(text(deletion), text(insertion), text(sensitivity)));
      row.add(better(findings, name, Control.RANDOM));
      row.add(better(findings, name, Control.SOBEL));
      rows.add(row);
      Map<String, Object> record = new LinkedHashMap<>();
      record.put("method", name);
      record.put("deletionArea", deletion);
      record.put("insertionArea", insertion);
      record.put("sensitivity", numberOrNull(sensitivity));
      numbers.add(record);
    }
    return new Table(head, rows);
  }

  /** In which of the two a method is better than a control, if that was examined too. */
  private static String better(List<Finding<Faithfulness>> findings, String name, Control control) {
    boolean is = Arrays.stream(Control.values()).anyMatch(c -> c.toString().equals(name));
    if (is
        || findings.get(0).methods().get(name).share()
        || !findings.get(0).methods().containsKey(control.toString())) {
      return "";
    }
    ToDoubleFunction<Faithfulness> deleted = f -> f.deletion().area();
    ToDoubleFunction<Faithfulness> inserted = f -> f.insertion().area();
    boolean deletion = mean(findings, name, deleted) < mean(findings, control.toString(), deleted);
    boolean insertion =
        mean(findings, name, inserted) > mean(findings, control.toString(), inserted);
    return deletion && insertion
        ? "both"
        : deletion ? "deletion" : insertion ? "insertion" : "neither";
  }

  private static double mean(
      List<Finding<Faithfulness>> findings, String name, ToDoubleFunction<Faithfulness> figure) {
    return findings.stream()
        .mapToDouble(f -> figure.applyAsDouble(f.methods().get(name)))
        .average()
        .orElse(Double.NaN);
  }

  private static Double numberOrNull(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static String text(double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "";
  }
}
