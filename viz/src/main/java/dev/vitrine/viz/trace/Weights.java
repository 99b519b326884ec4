package dev.vitrine.viz.trace;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.op.Conv2d;
import java.util.stream.IntStream;

/**
 * The weights of a convolution or a dense layer between the channels that a page carries.
 *
 * @param ins input channels, or the numbers of a row; null for all
 * @param outs output channels; null for all
 * @param kernel float32 {@code [kh, kw, ins, outs]}; zero between channels of different groups
 * @param bias float32 {@code [outs]}; null if there is none
 */
record Weights(int[] ins, int[] outs, byte[] kernel, byte[] bias) {
  /** Weights that are carried whole, in numbers. */
  private static final long WHOLE = 1 << 17;

  /** Output channels of those that are not, those with the largest part in the score. */
  private static final int COLUMNS = 8;

  /** Of a layer that has them, or null. */
  static Weights of(BackwardContext c, int[] ins, int[] outs) {
    Kind kind = Kind.of(c);
    if (kind != Kind.CONVOLUTION && kind != Kind.DENSE) {
      return null;
    }
    Tensor weights = c.layer().parameters().get(0).value();
    Tensor bias = c.layer().parameters().size() > 1 ? c.layer().parameters().get(1).value() : null;
    int groups = c.layer().op() instanceof Conv2d conv ? conv.groups() : 1;
    int in = weights.shape().dim(-2);
    int out = weights.shape().dim(-1);
    int[] rows = kind == Kind.DENSE ? IntStream.range(0, in).toArray() : ins;
    int[] columns = outs;
    if ((long) rows.length * columns.length * (weights.shape().size() / in / out) > WHOLE) {
      columns = Selection.strongest(c, COLUMNS);
    }
    float[] from = weights.toFloats();
    int places = from.length / in / out;
    float[] kernel = new float[places * rows.length * columns.length];
    int at = 0;
    for (int p = 0; p < places; p++) {
      for (int i : rows) {
        for (int o : columns) {
          int within = i - o / (out / groups) * in;
          boolean joined = within >= 0 && within < in;
          kernel[at++] = joined ? from[(p * in + within) * out + o] : 0;
        }
      }
    }
    return new Weights(
        rows.length == in * groups ? null : rows,
        columns.length == out ? null : columns,
        Floats.bytes(kernel),
        bias == null ? null : Floats.planes(bias.toFloats(), out, columns));
  }
}
