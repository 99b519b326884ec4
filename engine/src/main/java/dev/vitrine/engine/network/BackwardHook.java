package dev.vitrine.engine.network;

import dev.vitrine.engine.Tensor;
import java.util.List;

/**
 * Looks at what a layer sends back, and may replace it. Guided backpropagation and the deconvnet
 * are one line each:
 *
 * <pre>{@code
 * network.onBackward(Relu.class, c -> relu(c.gradInput()));  // guided backpropagation
 * network.onBackward(Relu.class, c -> relu(c.gradOutput())); // the deconvnet
 * }</pre>
 */
@FunctionalInterface
public interface BackwardHook {
  /**
   * Called once per backward pass for a layer with one input that a gradient reaches.
   *
   * @return null to leave the gradient at the input as it is, or its replacement, of the same shape
   */
  Tensor gradient(BackwardContext context);

  /** The same for layers with any number of inputs: one gradient per input, or null. */
  @FunctionalInterface
  interface Each {
    /**
     * Called as {@link BackwardHook#gradient} is.
     *
     * @return null to leave the gradients as they are; or one for each input, of its shape, where
     *     {@link BackwardContext#gradInputs} has one, and anything elsewhere
     */
    List<Tensor> gradients(BackwardContext context);
  }
}
