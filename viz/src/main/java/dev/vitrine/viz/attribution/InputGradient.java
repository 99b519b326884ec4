package dev.vitrine.viz.attribution;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Batches;
import dev.vitrine.viz.method.Objective;
import dev.vitrine.viz.method.Subject;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/**
 * The gradient of an objective with respect to the input, with one of three rules at the ReLUs:
 *
 * <ul>
 *   <li>{@code gradient}: the derivative itself (Simonyan, Vedaldi and Zisserman, "Deep Inside
 *       Convolutional Networks", 2014);
 *   <li>{@code guided}: guided backpropagation (Springenberg, Dosovitskiy, Brox and Riedmiller,
 *       "Striving for Simplicity", 2015): a ReLU lets pass what is positive and went through it
 *       forwards;
 *   <li>{@code deconvnet}: (Zeiler and Fergus, "Visualizing and Understanding Convolutional
 *       Networks", 2014): a ReLU lets pass what is positive; max pooling unpools by its switches.
 * </ul>
 */
public record InputGradient(ReluRule rule) implements Attributor {

  /**
   * The map of one run, which must have gradients and listen to the objective's layer.
   *
   * @return {@code [h, w, 3]}, row-major, in the network's channel order, with respect to the
   *     preprocessed pixels
   */
  public float[] of(Run run, Objective objective) {
    Tensor at = run.output(objective.layer());
    try (Tensor seed = objective.seed(run)) {
      Tensor gradient = run.backward(Map.of(at, seed), List.of(run.input()), rule).at(run.input());
      float[] values = gradient.toFloats();
      gradient.close();
      return values;
    }
  }

  @Override
  public Attributed of(Subject subject, IntConsumer progress) {
    Attributed[] found = new Attributed[1];
    new Batches(subject, progress)
        .gradients(
            rule,
            1,
            (i, batch, offset) -> System.arraycopy(subject.input(), 0, batch, offset, batch.length),
            (i, value, g, offset) ->
                found[0] =
                    new Attributed(
                        value, Arrays.copyOfRange(g, offset, offset + subject.input().length)));
    return found[0];
  }
}
