package dev.vitrine.viz.trace;

import static dev.vitrine.engine.op.Functions.call;
import static dev.vitrine.engine.op.Functions.scale;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Parameter;
import java.util.ArrayList;
import java.util.List;

/**
 * The adjoint identity {@code <J x, g> = <x, J' g>} of one layer, on the run's own input x and the
 * gradient g that arrived there: what the derivative does forwards and what it sends back must
 * belong together. {@code J'} is the layer's true derivative, whatever rule the walk has.
 *
 * <p>Where a layer is straight from 0 to x, {@code J x} is {@code f(x) - f(0)}: of a convolution or
 * a dense layer its output without the bias, of a ReLU or a max pooling its output. Elsewhere it is
 * the central difference {@code (f((1 + e) x) - f((1 - e) x)) / 2e} with e of 1/100.
 *
 * @param straight true if the former
 * @param forwards {@code <J x, g>}
 * @param backwards {@code <x, J' g>}
 * @param size the sum of the absolute values of the products on one side or the other, the larger:
 *     what the difference is held against
 * @param bias {@code <f(0), g>}, the part that comes from the layer's own numbers; 0 elsewhere
 */
record Adjoint(boolean straight, double forwards, double backwards, double size, double bias) {
  private static final double STEP = 0.01;

  /** Float32 sums of some ten thousand products agree so far; central differences do less. */
  private static final double EXACT = 1e-5;

  private static final double ROUGH = 1e-2;

  static Adjoint of(BackwardContext c) {
    double[] g = c.gradOutput().toDoubles();
    Sum back = new Sum();
    List<Tensor> sent = c.vjp(c.gradOutput());
    for (int i = 0; i < sent.size(); i++) {
      if (sent.get(i) != null) {
        back.add(c.inputs().get(i).toDoubles(), sent.get(i).toDoubles());
        sent.get(i).close();
      }
    }
    boolean straight = Kind.of(c).isStraight();
    Sum front = new Sum();
    Sum bias = new Sum();
    if (straight) {
      double[] atZero = at(c, 0);
      bias.add(atZero, g);
      front.add(c.output().toDoubles(), g);
      front.value -= bias.value;
    } else {
      front.add(at(c, 1 + STEP), g);
      Sum below = new Sum();
      below.add(at(c, 1 - STEP), g);
      front.value = (front.value - below.value) / (2 * STEP);
    }
    double size = Math.max(back.size, front.size + bias.size);
    return new Adjoint(straight, front.value, back.value, size, bias.value);
  }

  /** True if both sides agree as far as rounding lets them. */
  @JsonProperty
  boolean holds() {
    return Math.abs(forwards - backwards) <= (straight ? EXACT : ROUGH) * size;
  }

  /** The layer's output for its inputs times a factor. */
  private static double[] at(BackwardContext c, double factor) {
    Layer layer = c.layer();
    List<Tensor> scaled = new ArrayList<>();
    try {
      c.inputs().forEach(x -> scaled.add(scale(x, factor)));
      List<Tensor> arguments = new ArrayList<>(scaled);
      layer.parameters().stream().map(Parameter::value).forEach(arguments::add);
      try (Tensor y = call(layer.op(), arguments.toArray(Tensor[]::new))) {
        return y.toDoubles();
      }
    } finally {
      scaled.forEach(Tensor::close);
    }
  }

  /** A sum of products and that of their absolute values. */
  private static final class Sum {
    private double value;
    private double size;

    void add(double[] a, double[] b) {
      for (int i = 0; i < a.length; i++) {
        value += a[i] * b[i];
        size += Math.abs(a[i] * b[i]);
      }
    }
  }
}
