package dev.vitrine.viz.trace;

import com.fasterxml.jackson.annotation.JsonValue;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.engine.network.BackwardContext;
import dev.vitrine.engine.op.Arithmetic;
import dev.vitrine.engine.op.AveragePool2d;
import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Concat;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Crop;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.GlobalPool2d;
import dev.vitrine.engine.op.Identity;
import dev.vitrine.engine.op.MaxPool2d;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Relu;
import dev.vitrine.engine.op.Reshape;
import dev.vitrine.engine.op.Softmax;
import java.util.Locale;

/** What a layer does with a gradient, as far as the lesson tells layers apart. */
enum Kind {
  CONVOLUTION(true, false),
  DENSE(true, false),
  RELU(true, true),
  MAX_POOL(true, true),
  AVERAGE_POOL(true, true),
  GLOBAL_AVERAGE(true, false),
  GLOBAL_MAX(true, false),
  SOFTMAX(false, false),
  CONCAT(true, false),
  RESHAPE(true, false),
  PAD(true, true),
  IDENTITY(true, true),
  ADD(true, true),
  BATCH_NORM(true, true),
  OTHER(false, false);

  private final boolean straight;
  private final boolean channelwise;

  /**
   * A kind.
   *
   * @param straight true if {@code f(t x) - f(0) = t (f(x) - f(0))} for t of 0 or more: affine
   *     layers, and those that only choose among their inputs
   * @param channelwise true if a channel of the output comes from that channel of the inputs
   */
  Kind(boolean straight, boolean channelwise) {
    this.straight = straight;
    this.channelwise = channelwise;
  }

  boolean isStraight() {
    return straight;
  }

  boolean isChannelwise() {
    return channelwise;
  }

  static Kind of(BackwardContext c) {
    Op op = c.layer().op();
    if (op instanceof Conv2d) {
      return CONVOLUTION;
    }
    if (op instanceof Dense) {
      return DENSE;
    }
    if (op instanceof Relu) {
      return RELU;
    }
    if (op instanceof MaxPool2d) {
      return MAX_POOL;
    }
    if (op instanceof AveragePool2d) {
      return AVERAGE_POOL;
    }
    if (op instanceof GlobalPool2d pool && pool.kind() != Reduction.SUM) {
      return pool.kind() == Reduction.MEAN ? GLOBAL_AVERAGE : GLOBAL_MAX;
    }
    if (op instanceof Softmax) {
      return SOFTMAX;
    }
    if (op instanceof Concat concat && isLast(concat.axis(), c.output().shape())) {
      return CONCAT;
    }
    if (op instanceof Reshape) {
      return RESHAPE;
    }
    if (op instanceof Pad || op instanceof Crop) {
      return PAD;
    }
    if (op instanceof Identity) {
      return IDENTITY;
    }
    if (op instanceof Arithmetic arithmetic && arithmetic.kind() == Binary.ADD) {
      return ADD;
    }
    return op instanceof BatchNorm ? BATCH_NORM : OTHER;
  }

  private static boolean isLast(int axis, Shape y) {
    return y.index(axis) == y.rank() - 1;
  }

  /** The name that the page's script knows. */
  @JsonValue
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
