package dev.vitrine.viz.method;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;
import java.util.List;
import java.util.Map;

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
public record InputGradient(ReluRule rule) {

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
}
