package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.ClassScore;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Label;
import dev.vitrine.weights.image.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is to be explained: a class or a unit. */
final class TargetOptions {
  private static final Pattern UNIT =
      Pattern.compile("(.+):(\\d+)(?:@(?:(max)|(\\d+),(\\d+)|top(\\d{1,3})))?");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--class",
      paramLabel = "ID|WORDNET|NAME",
      description = "Explain this class; cam takes several. Default: the top one.")
  private List<String> wantedClasses = new ArrayList<>();

  @Option(
      names = "--unit",
      paramLabel = "LAYER:CHANNEL[@Y,X|@max|@topN]",
      description =
          "Explain the mean of a channel's map, or one unit of it; attribute by a ReLU's rule also"
              + " the N strongest whose receptive fields do not overlap.")
  private String unit;

  @Option(
      names = "--target",
      paramLabel = "logit|probability",
      description = "Of a class: its logit or its probability. Default: ${DEFAULT-VALUE}.")
  private String score = "logit";

  /** What is explained, with what people call it. */
  record Target(Objective objective, String name, Label label) {
    /** The name as it stands in a sentence. */
    String people() {
      return label == null ? name : name.replace('_', ' ');
    }

    static Target of(Unit unit) {
      return new Target(unit, unit.toString(), null);
    }

    /** The strongest unit of a layer: what the deconvnet is shown for. */
    static Target strongest(Run run, String layer) {
      return of(Unit.strongest(run, layer));
    }
  }

  boolean isUnit() {
    return unit != null;
  }

  /** How many of a channel's strongest units are asked for, one by one; 0 for another target. */
  int top() {
    String count = unit == null ? null : parsed().group(6);
    if (count != null && number(count) < 1) {
      throw usage("--unit is '" + unit + "': there is no top " + count + "; try @top9");
    }
    return count == null ? 0 : number(count);
  }

  /** The channel whose strongest units are asked for. */
  int channel() {
    return number(parsed().group(2));
  }

  /** True if neither a class nor a unit was named. */
  boolean isOpen() {
    return unit == null && wantedClasses.isEmpty();
  }

  /** The layer that the run must listen to. */
  String layer(Model model) {
    if (unit != null && !wantedClasses.isEmpty()) {
      throw usage("--class and --unit exclude each other: name one");
    }
    if (unit != null) {
      return LayerNames.known(model, parsed().group(1));
    }
    return probability(model) ? model.network().output() : Prediction.layer(model);
  }

  /**
   * The target, once the run is there.
   *
   * @throws ParameterException if several classes were named
   */
  Target resolve(Model model, Run run) {
    if (wantedClasses.size() > 1) {
      throw usage("--class is given " + wantedClasses.size() + " times: name one");
    }
    return resolveAll(model, run).get(0);
  }

  /** The targets, once the run is there: several if as many classes were named. */
  List<Target> resolveAll(Model model, Run run) {
    return resolveAll(model, run, 1);
  }

  /** The same, and as many of the top classes as said if none was named. */
  List<Target> resolveAll(Model model, Run run, int top) {
    if (top() > 0) {
      throw usage(
          "--unit is '"
              + unit
              + "': several units one by one are for attribute by a ReLU's rule; name one, as in "
              + parsed().group(1)
              + ":"
              + channel()
              + "@max");
    }
    if (unit != null) {
      return List.of(resolvedUnit(run));
    }
    Prediction prediction = Prediction.of(model, run);
    Labels labels = Prediction.labels(model);
    List<Label> wanted =
        wantedClasses.isEmpty()
            ? prediction.top(top).stream().map(labels::get).toList()
            : wantedClasses.stream().map(labels::find).distinct().toList();
    return wanted.stream()
        .map(
            label ->
                new Target(
                    new ClassScore(
                        layer(model), label.index(), prediction.classes(), probability(model)),
                    label.name(),
                    label))
        .toList();
  }

  private Target resolvedUnit(Run run) {
    Matcher m = parsed();
    String layer = m.group(1);
    int channel = number(m.group(2));
    Unit found =
        m.group(3) != null
            ? Unit.max(layer, channel)
            : m.group(4) != null
                ? Unit.at(layer, channel, number(m.group(4)), number(m.group(5)))
                : Unit.mean(layer, channel);
    found.value(run); // refuses channels and positions that are not there
    return Target.of(found.resolved(run.output(found.layer())));
  }

  private boolean probability(Model model) {
    return switch (score) {
      case "logit" -> false;
      case "probability" -> {
        if (!model.hasProbabilities()) {
          throw new BadInputException(
              model.name()
                  + " has no probabilities, since it ends without softmax or sigmoid: leave"
                  + " --target probability out");
        }
        yield true;
      }
      default -> throw usage("--target is '" + score + "'; it can be logit or probability");
    };
  }

  private Matcher parsed() {
    Matcher m = UNIT.matcher(unit);
    if (!m.matches()) {
      throw usage(
          "--unit is '"
              + unit
              + "'; it reads LAYER:CHANNEL, LAYER:CHANNEL@Y,X, LAYER:CHANNEL@max or LAYER:CHANNEL@top9, as in"
              + " fire5_concat:12@max");
    }
    return m;
  }

  private int number(String digits) {
    try {
      return Integer.parseInt(digits);
    } catch (NumberFormatException e) {
      throw usage("--unit is '" + unit + "': " + digits + " is too large a number");
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
