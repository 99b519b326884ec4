package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/**
 * A class' logit or probability.
 *
 * @param layer the layer whose output holds the scores, {@code [1, classes]} or {@code [1, 1, 1,
 *     classes]}
 * @param index the class, from 0
 * @param classes how many classes there are; 2 for a layer with one sigmoid output, where class 1's
 *     score is the logit and class 0's its negative, and class 0's probability one less class 1's
 */
public record ClassScore(String layer, int index, int classes, boolean probability)
    implements Objective {

  /** Checks the class. */
  public ClassScore {
    if (index < 0 || index >= classes) {
      throw new IllegalArgumentException(
          "class " + index + " is none of the network's " + classes + ": 0 to " + (classes - 1));
    }
  }

  @Override
  public double value(Run run) {
    double[] scores = run.output(layer).toDoubles();
    if (isSigmoid(scores.length)) {
      double one = scores[0];
      return index == 1 ? one : probability ? 1 - one : -one;
    }
    return scores[index];
  }

  /** One number that stands for two classes. */
  private boolean isSigmoid(int scores) {
    return scores == 1 && classes == 2;
  }

  @Override
  public Tensor seed(Run run) {
    Shape shape = run.output(layer).shape();
    double[] seed = new double[Math.toIntExact(shape.size())];
    if (isSigmoid(seed.length)) {
      seed[0] = index == 1 ? 1 : -1;
    } else {
      seed[index] = 1;
    }
    return run.scope().of(shape, seed);
  }
}
