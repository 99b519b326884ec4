package dev.vitrine.viz.method;

import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Labels;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a network says of one image.
 *
 * @param logits the scores before softmax or sigmoid, one per class; for one sigmoid output {@code
 *     [-z, z]}
 * @param probabilities one per class, or null for a network without softmax or sigmoid
 */
public record Prediction(double[] logits, double[] probabilities) {

  /**
   * Reads a run that listens to {@link #layer}.
   *
   * @throws BadInputException if the network does not classify
   */
  public static Prediction of(Model model, Run run) {
    if (!model.hasClasses()) {
      throw new BadInputException(
          model.name() + " has no classes, its output is maps: explain a unit with --unit");
    }
    double[] logits = run.output(layer(model)).toDoubles();
    double[] probabilities = model.hasProbabilities() ? run.output().toDoubles() : null;
    if (logits.length == 1 && model.classes() == 2) {
      logits = new double[] {-logits[0], logits[0]};
      if (probabilities != null) {
        probabilities = new double[] {1 - probabilities[0], probabilities[0]};
      }
    }
    return new Prediction(logits, probabilities);
  }

  /** The layer that a run must listen to: the one that holds the logits. */
  public static String layer(Model model) {
    return model.logitsLayer().orElseGet(() -> model.network().output());
  }

  /** The classes' names: the model's, or class_0 and so on. */
  public static Labels labels(Model model) {
    return model.labels().orElseGet(() -> Labels.numbered(model.classes()));
  }

  /** How many classes there are. */
  public int classes() {
    return logits.length;
  }

  /** The classes of the largest logits, largest first. */
  public List<Integer> top(int n) {
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted((a, b) -> Double.compare(logits[b], logits[a]))
        .limit(n)
        .toList();
  }
}
