package dev.vitrine.engine.backend;

/**
 * A two-dimensional cross-correlation (what the field calls convolution) with zero padding:
 *
 * <pre>y[n,i,j,o] = bias[o] + sum over p,q,c of
 *     x[n, i*strideH + p*dilationH - padTop, j*strideW + q*dilationW - padLeft, g*cin + c]
 *     * kernel[p,q,c,o]</pre>
 *
 * where {@code cin = in / groups} and output channel {@code o} belongs to group {@code g = o / (out
 * / groups)}. Depthwise convolutions have {@code groups == in}.
 */
public record Convolution(Window window, int groups) {

  /** Checks that there is at least one group. */
  public Convolution {
    if (groups < 1) {
      throw new IllegalArgumentException("a convolution needs 1 group or more, not " + groups);
    }
  }
}
