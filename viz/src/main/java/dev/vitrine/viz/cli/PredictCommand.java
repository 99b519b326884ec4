package dev.vitrine.viz.cli;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.viz.plot.SpikePlot;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Label;
import dev.vitrine.weights.image.Labels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code predict}: the top classes of photographs. */
@Command(
    name = "predict",
    mixinStandardHelpOptions = true,
    description = "Says what the network takes photographs for.")
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", arity = "1..*", description = "Photographs.")
  private List<Path> images;

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many classes. Default: ${DEFAULT-VALUE}.")
  private int top;

  @Option(
      names = "--plot",
      description = "All probabilities as a plot, the top classes named where they are peaks.")
  private boolean plot;

  /** One class of an answer; what the network or its labels do not know is null. */
  record Row(int index, String wordnet, String name, Double probability, double logit) {}

  @Override
  public Integer call() {
    if (top < 1) {
      throw new ParameterException(
          command.commandLine(), "--top is " + top + "; it must be 1 or more");
    }
    checkNames();
    List<Map<String, Object>> answers = new ArrayList<>();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      for (Path image : images) {
        InputOptions.Photograph photograph = input.read(image, loaded);
        Prediction prediction = predict(loaded, photograph);
        List<Row> rows = rows(loaded, prediction, top);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("image", image.toString());
        answer.put("top", rows);
        answers.add(answer);
        Path drawn = plot ? plot(loaded, photograph, prediction) : null;
        if (drawn != null) {
          answer.put("plot", drawn.toString());
        }
        if (output.raw()) {
          OutputFolder folder = output.folder();
          float[] logits = new float[prediction.classes()];
          for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) prediction.logits()[i];
          }
          folder.npy(photograph.stem() + "-logits", new int[] {logits.length}, logits);
        }
        if (!output.json()) {
          print(image, rows);
          if (drawn != null) {
            CommandOutput.line("  plot: %s", drawn);
          }
        }
      }
    }
    if (output.json()) {
      CommandOutput.json(answers);
    }
    return 0;
  }

  private Path plot(Model loaded, InputOptions.Photograph photograph, Prediction prediction) {
    Labels labels = Prediction.labels(loaded);
    boolean likely = prediction.probabilities() != null;
    String file = photograph.stem() + (likely ? "-probabilities" : "-logits");
    String title =
        (likely ? "Probabilities" : "Logits") + " by " + loaded.name() + ", " + photograph.stem();
    OutputFolder folder = output.folder();
    Map<String, Object> record = Provenance.of(command, loaded);
    record.put("image", photograph.file().toString());
    record.put("top", rows(loaded, prediction, top));
    record.put("logits", prediction.logits());
    record.put("probabilities", prediction.probabilities());
    folder.json(file, record);
    return folder.text(file + ".svg", SpikePlot.of(prediction, labels, top).svg(title, List.of()));
  }

  /** Two photographs must not write one file. */
  private void checkNames() {
    Map<String, Path> first = new HashMap<>();
    for (Path image : images) {
      Path before = first.putIfAbsent(InputOptions.stem(image), image);
      if ((output.raw() || plot) && before != null && !before.equals(image)) {
        throw new ParameterException(
            command.commandLine(),
            String.format(
                "%s and %s would both become %s-%s: run them one at a time, each with its"
                    + " own --out",
                before,
                image,
                InputOptions.stem(image),
                output.raw() ? "logits.npy" : "probabilities.svg"));
      }
    }
  }

  private static Prediction predict(Model model, InputOptions.Photograph photograph) {
    try (Scope scope = new Scope(model.network().backend());
        Run run =
            model
                .network()
                .forward(photograph.upload(scope, model), Listen.to(Prediction.layer(model)))) {
      return Prediction.of(model, run);
    }
  }

  /** The top classes with their names. */
  static List<Row> rows(Model model, Prediction prediction, int top) {
    Labels labels = Prediction.labels(model);
    List<Row> rows = new ArrayList<>();
    for (int index : prediction.top(top)) {
      Label label = labels.get(index);
      Double probability =
          prediction.probabilities() == null ? null : prediction.probabilities()[index];
      rows.add(
          new Row(index, label.wordnet(), label.name(), probability, prediction.logits()[index]));
    }
    return rows;
  }

  private static void print(Path image, List<Row> rows) {
    CommandOutput.line("%s", image);
    for (Row row : rows) {
      CommandOutput.line("%s", text(row));
    }
  }

  /** One class as people read it. */
  static String text(Row row) {
    String score =
        row.probability() == null
            ? String.format(Locale.ROOT, "logit %7.2f", row.logit())
            : String.format(Locale.ROOT, "%7.2f %%", 100 * row.probability());
    String id = row.wordnet() == null ? "" : ", " + row.wordnet();
    return String.format(
        Locale.ROOT, "  %s  %s (%d%s)", score, row.name().replace('_', ' '), row.index(), id);
  }
}
