package dev.vitrine.engine.network;

import dev.vitrine.engine.Tensor;

/** Looks at a layer's output when it has been computed, and may replace it. */
@FunctionalInterface
public interface ForwardHook {
  /**
   * Called once per forward pass.
   *
   * @return null to leave the output as it is; or its replacement, of the same shape. A replacement
   *     made by {@link ForwardContext#apply} is differentiated; any other is a constant, and
   *     gradients stop at it.
   */
  Tensor output(ForwardContext context);
}
