package dev.vitrine.bench.contest;

import dev.vitrine.engine.backend.Window;
import java.util.List;

/**
 * What a network is translated into: layers as other libraries take them, with images {@code [n, c,
 * h, w]}. Layers are named; each names those that it reads.
 */
public interface Assembly {

  /**
   * A convolution.
   *
   * @param kernel {@code [out, in / groups, h, w]}
   * @param shape of the kernel
   * @param bias {@code [out]}
   */
  void convolution(
      String name,
      String input,
      float[] kernel,
      int[] shape,
      float[] bias,
      Window window,
      int groups);

  /** {@code max(x, 0)}. */
  void relu(String name, String input);

  /** Max pooling. */
  void maxPool(String name, String input, Window window);

  /** Maps side by side. */
  void concat(String name, List<String> inputs);

  /** {@code [n, c, h, w]} to {@code [n, c]}: the mean of each map. */
  void globalAverage(String name, String input);

  /** {@code [n, c, h, w]} to {@code [n, c * h * w]}. */
  void flatten(String name, String input);

  /**
   * A dense layer.
   *
   * @param weights {@code [out, in]}
   * @param bias {@code [out]}
   */
  void dense(String name, String input, float[] weights, int out, int in, float[] bias);
}
