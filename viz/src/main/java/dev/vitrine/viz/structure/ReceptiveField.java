package dev.vitrine.viz.structure;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Interpolation;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.ConvTranspose2d;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Reduce;
import dev.vitrine.engine.op.Resample;
import dev.vitrine.engine.op.Upsample;
import dev.vitrine.engine.op.Warp;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The part of the input that one position of a layer depends on, as far as the kernels reach; it
 * may reach beyond the input's edges. Worked out backwards as an interval (Araujo, Norris and Sim,
 * "Computing Receptive Fields of Convolutional Neural Networks", 2019): where a layer's position
 * {@code i} reads positions {@code i s + l} to {@code i s + r} of a layer that reads {@code j S +
 * L} to {@code j S + R}, it reads {@code i s S + l S + L} to {@code i s S + r S + R}.
 *
 * @param down along the input's rows
 * @param across along its columns
 */
public record ReceptiveField(Reach down, Reach across) {

  /**
   * Position {@code i} depends on the input's positions {@code i step + first} to {@code i step +
   * last}.
   */
  public record Reach(double step, double first, double last) {
    static final Reach ONE = new Reach(1, 0, 0);

    /** How many positions of the input that is at most, where a step is part of one. */
    public int size() {
      return (int) Math.ceil(last - first - 1e-9) + 1;
    }

    /** What a window over this layer reaches, its first position {@code before} this one's. */
    private Reach under(double stride, double before, int span) {
      return new Reach(step * stride, first - step * before, last + step * (span - 1 - before));
    }

    private Reach with(Reach other) {
      return new Reach(step, Math.min(first, other.first), Math.max(last, other.last));
    }
  }

  private static final ReceptiveField PIXEL = new ReceptiveField(Reach.ONE, Reach.ONE);

  /**
   * The receptive field of every layer, and of the input; empty for a layer that sees all of any
   * input, as those behind a dense layer or a global pooling do.
   *
   * @param shapes of one input, see {@link Network#shapes}
   */
  public static Map<String, Optional<ReceptiveField>> of(
      Network network, Map<String, Shape> shapes) {
    Map<String, Optional<ReceptiveField>> fields = new HashMap<>();
    fields.put(network.input(), Optional.of(PIXEL));
    for (Layer layer : network.layers()) {
      Optional<ReceptiveField> field = Optional.empty();
      for (int i = 0; i < layer.inputs().size(); i++) {
        String input = layer.inputs().get(i);
        Optional<ReceptiveField> through =
            fields.get(input).flatMap(f -> f.through(layer.op(), shapes.get(input)));
        field = i == 0 ? through : field.flatMap(f -> through.map(t -> f.with(t)));
      }
      fields.put(layer.name(), field);
    }
    return fields;
  }

  private ReceptiveField with(ReceptiveField other) {
    return new ReceptiveField(down.with(other.down), across.with(other.across));
  }

  /** What a layer after this one sees; empty if it sees everything. */
  private Optional<ReceptiveField> through(Op op, Shape x) {
    if (op instanceof Conv2d conv) {
      return Optional.of(under(conv.sliding().on(x)));
    }
    if (op instanceof MaxPool2d pool) {
      return Optional.of(under(pool.sliding().on(x)));
    }
    if (op instanceof AveragePool2d pool) {
      return Optional.of(under(pool.sliding().on(x)));
    }
    if (op instanceof Pad pad) {
      return Optional.of(
          new ReceptiveField(down.under(1, pad.top(), 1), across.under(1, pad.left(), 1)));
    }
    if (op instanceof Crop crop) {
      return Optional.of(
          new ReceptiveField(down.under(1, -crop.top(), 1), across.under(1, -crop.left(), 1)));
    }
    if (op instanceof Resample resample) {
      double rows = (double) x.dim(1) / resample.h();
      double columns = (double) x.dim(2) / resample.w();
      return Optional.of(between(rows, columns, taps(resample.filter()), taps(resample.filter())));
    }
    if (op instanceof Upsample larger) {
      int taps = taps(larger.filter());
      return Optional.of(between(1.0 / larger.factorH(), 1.0 / larger.factorW(), taps, taps));
    }
    if (op instanceof ConvTranspose2d conv) {
      Window w = conv.sliding().window();
      return Optional.of(
          between(
              1.0 / w.strideH(),
              1.0 / w.strideW(),
              (w.spanH() + w.strideH() - 1) / w.strideH(),
              (w.spanW() + w.strideW() - 1) / w.strideW()));
    }
    boolean everything =
        op instanceof Dense
            || op instanceof GlobalPool2d
            || op instanceof Reduce
            || op instanceof Warp;
    return everything ? Optional.empty() : Optional.of(this);
  }

  /** What lies between this layer's positions, made of so many of them. */
  private ReceptiveField between(double rows, double columns, int tapsDown, int tapsAcross) {
    return new ReceptiveField(
        down.under(rows, (tapsDown - 1) / 2, tapsDown),
        across.under(columns, (tapsAcross - 1) / 2, tapsAcross));
  }

  private static int taps(Interpolation filter) {
    return switch (filter) {
      case NEAREST -> 1;
      case BILINEAR -> 2;
      default -> 4;
    };
  }

  private ReceptiveField under(Window w) {
    return new ReceptiveField(
        down.under(w.strideH(), w.padTop(), w.spanH()),
        across.under(w.strideW(), w.padLeft(), w.spanW()));
  }
}
