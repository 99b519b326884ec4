package dev.vitrine.viz.method;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;

/**
 * A class' logit or probability.
 *
 * @param layer the layer whose output holds the scores, {@code [n, classes]} or {@code [n, 1, 1,
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
  public double[] values(Tensor output) {
    double[] scores = output.toDoubles();
    int each = each(output.shape());
    double[] values = new double[scores.length / each];
    for (int i = 0; i < values.length; i++) {
      double score = scores[i * each + at(each)];
      values[i] = sign(each) > 0 ? score : probability ? 1 - score : -score;
    }
    return values;
  }

  @Override
  public double[] seed(Shape output) {
    int each = each(output);
    double[] seed = new double[Math.toIntExact(output.size())];
    for (int i = at(each); i < seed.length; i += each) {
      seed[i] = sign(each);
    }
    return seed;
  }

  /** How many numbers the layer has for one image. */
  private static int each(Shape shape) {
    return Math.toIntExact(shape.size() / shape.dim(0));
  }

  /** One number that stands for two classes. */
  private boolean isSigmoid(int each) {
    return each == 1 && classes == 2;
  }

  private int at(int each) {
    return isSigmoid(each) ? 0 : index;
  }

  private int sign(int each) {
    return isSigmoid(each) && index == 0 ? -1 : 1;
  }
}
