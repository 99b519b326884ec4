package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;

/** Functions of single elements and of pairs under broadcasting, and what follows a convolution. */
final class Elementwise {
  private final Launcher launcher;
  private final Moves moves;

  Elementwise(Launcher launcher, Moves moves) {
    this.launcher = launcher;
    this.moves = moves;
  }

  void unary(Unary kind, double alpha, double beta, CudaBuffer x, CudaBuffer y) {
    CudaBuffer from = x;
    if (!sameLayout(x, y)) {
      moves.copy(x, y);
      from = y;
    }
    if (kind == Unary.RELU) {
      relu("relu_forward", y, from);
      return;
    }
    int lanes = Fours.lanes(y.size(), from.address(), y.address());
    long count = y.size() / lanes;
    launcher.launch(
        Launch.over(
            count,
            "unary",
            Fours.name("unary", lanes),
            new KernelArguments()
                .int32(kind.ordinal())
                .float32((float) alpha)
                .float32((float) beta)
                .pointer(from.address())
                .pointer(y.address())
                .int32((int) count)));
  }

  void binary(Binary kind, CudaBuffer a, CudaBuffer b, CudaBuffer y) {
    long[] aStrides = strides(a, y.shape());
    long[] bStrides = strides(b, y.shape());
    Walk walk = Walk.of(y.shape().dims(), y.strides(), aStrides, bStrides);
    if (walk.flat()) {
      flat(kind, a, b, y);
      return;
    }
    int lanes = walk.lanes(true, a.address(), b.address(), y.address());
    long count = y.size() / lanes;
    launcher.launch(
        Launch.over(
            count,
            "binary",
            Fours.name("binary_broadcast", lanes),
            new KernelArguments()
                .int32(kind.ordinal())
                .pointer(a.address())
                .pointer(b.address())
                .pointer(y.address())
                .struct(walk.struct(lanes, 1))
                .int32((int) count)));
  }

  private void flat(Binary kind, CudaBuffer a, CudaBuffer b, CudaBuffer y) {
    switch (kind) {
      case RELU_GRADIENT -> relu("relu_backward", y, a, b);
      case RELU_GUIDED -> relu("relu_guided", y, a, b);
      case RELU_DECONVNET -> relu("relu_deconvnet", y, b);
      default -> {
        int lanes = Fours.lanes(y.size(), a.address(), b.address(), y.address());
        long count = y.size() / lanes;
        launcher.launch(
            Launch.over(
                count,
                "binary",
                Fours.name("binary", lanes),
                new KernelArguments()
                    .int32(kind.ordinal())
                    .pointer(a.address())
                    .pointer(b.address())
                    .pointer(y.address())
                    .int32((int) count)));
      }
    }
  }

  private void relu(String kernel, CudaBuffer y, CudaBuffer... x) {
    KernelArguments arguments = new KernelArguments();
    int lanes = Fours.lanes(y.size(), y.address());
    for (CudaBuffer in : x) {
      lanes = Math.min(lanes, Fours.lanes(y.size(), in.address()));
      arguments.pointer(in.address());
    }
    long count = y.size() / lanes;
    arguments.pointer(y.address()).int64(count);
    launcher.launch(Launch.over(count, "relu", Fours.name(kernel, lanes), arguments));
  }

  /**
   * {@code y = post(y + bias)} in place; a NaN stays one.
   *
   * @param bias {@code [channels]}, along the last axis of y; null for none
   */
  void finish(CudaBuffer y, CudaBuffer bias, PostOp post) {
    if (bias != null) {
      bias(y, bias, post == PostOp.RELU ? 1 : 0);
    } else if (post == PostOp.RELU) {
      relu("relu_forward", y, y);
    }
  }

  private void bias(CudaBuffer y, CudaBuffer bias, int relu) {
    int channels = y.shape().dim(-1);
    int run = Math.toIntExact(y.strides()[y.shape().rank() - 1]);
    boolean plain = run == 1;
    int lanes =
        plain ? Fours.lanes(channels, y.address(), bias.address()) : Fours.lanes(run, y.address());
    long count = y.size() / lanes;
    KernelArguments arguments = new KernelArguments().pointer(y.address()).pointer(bias.address());
    if (lanes == 1 || !plain) {
      arguments.struct(new Struct().divisor(run / lanes).bytes());
    }
    int perThread = plain ? lanes : 1;
    arguments
        .struct(new Struct().divisor(channels / perThread).bytes())
        .int32(relu)
        .int32((int) count);
    String kernel = Fours.name(lanes > 1 && !plain ? "bias_run" : "bias", lanes);
    launcher.launch(Launch.over(count, "binary", kernel, arguments));
  }

  /** Whether elements at the same places of two arrays of one shape lie at the same places. */
  static boolean sameLayout(CudaBuffer x, CudaBuffer y) {
    return Walk.of(y.shape().dims(), y.strides(), x.strides(), y.strides()).flat();
  }

  /** The strides of an array that is broadcast to a larger shape: 0 where it is repeated. */
  private static long[] strides(CudaBuffer x, Shape target) {
    long[] own = x.strides();
    long[] strides = new long[target.rank()];
    for (int axis = 1; axis <= own.length; axis++) {
      boolean repeated = x.shape().dim(-axis) == 1;
      strides[target.rank() - axis] = repeated ? 0 : own[own.length - axis];
    }
    return strides;
  }
}
