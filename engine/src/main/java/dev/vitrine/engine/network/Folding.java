package dev.vitrine.engine.network;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.op.BatchNorm;

/**
 * Folds a batch normalization into the convolution before it: {@code kernel' = kernel * s} and
 * {@code bias' = (bias - mean) * s + beta} with {@code s = gamma / sqrt(variance + epsilon)} per
 * output channel, worked out in double.
 */
final class Folding {
  private final double[] scale;
  private final double[] bias;

  private Folding(double[] scale, double[] bias) {
    this.scale = scale;
    this.bias = bias;
  }

  static Folding of(Layer conv, Layer norm) {
    double[] gamma = norm.parameters().get(0).value().toDoubles();
    double[] beta = norm.parameters().get(1).value().toDoubles();
    double[] mean = norm.parameters().get(2).value().toDoubles();
    double[] variance = norm.parameters().get(3).value().toDoubles();
    double epsilon = ((BatchNorm) norm.op()).epsilon();
    double[] before =
        conv.parameters().size() > 1
            ? conv.parameters().get(1).value().toDoubles()
            : new double[gamma.length];
    double[] scale = new double[gamma.length];
    double[] bias = new double[gamma.length];
    for (int c = 0; c < gamma.length; c++) {
      scale[c] = gamma[c] / Math.sqrt(variance[c] + epsilon);
      bias[c] = (before[c] - mean[c]) * scale[c] + beta[c];
    }
    return new Folding(scale, bias);
  }

  /** The kernel {@code [kh, kw, in / groups, out]} times the scale of its output channel. */
  double[] kernel(Tensor kernel) {
    double[] out = kernel.toDoubles();
    for (int i = 0; i < out.length; i++) {
      out[i] *= scale[i % scale.length];
    }
    return out;
  }

  double[] bias() {
    return bias;
  }

  Shape biasShape() {
    return Shape.of(bias.length);
  }
}
