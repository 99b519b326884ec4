package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;

/**
 * Folds axes of an array, and softmax. How the work is cut depends on shapes alone, not on the
 * card, so that every card adds up in the same order.
 */
final class Reductions {
  /** Terms below which one thread adds them up. */
  private static final int FEW_TERMS = 32;

  /** Neighbouring outputs of a block, so that its threads read neighbouring numbers. */
  private static final int MOST_COLUMNS = 32;

  /** Blocks that keep any card busy; with fewer, several share an output's terms. */
  private static final int ENOUGH_BLOCKS = 512;

  /** Terms of one thread that are worth a second pass. */
  private static final int WORTH_SHARING = 64;

  private final Launcher launcher;
  private final Moves moves;
  private final DeviceMemory memory;

  /**
   * @param memory lends what the first of two passes makes
   */
  Reductions(Launcher launcher, Moves moves, DeviceMemory memory) {
    this.launcher = launcher;
    this.moves = moves;
    this.memory = memory;
  }

  void reduce(Reduction kind, CudaBuffer x, CudaBuffer y) {
    int[] kept = y.shape().dims();
    int[] folded = x.shape().dims();
    for (int axis = 0; axis < kept.length; axis++) {
      if (kept[axis] == folded[axis]) {
        folded[axis] = 1;
      }
    }
    long[] xs = x.strides();
    long[] ys = y.strides();
    Fold fold =
        new Fold(kind, Walk.of(kept, ys, xs, new long[xs.length]), Walk.of(folded, xs, xs, xs));
    fold.run(x.address(), y.address(), kind == Reduction.MEAN ? fold.terms : 1);
  }

  /** One folding: how its outputs and terms are given to blocks and threads. */
  private final class Fold {
    private final Reduction kind;
    private final Walk kept;
    private final Walk folded;
    private final long outputs;
    private final long terms;

    /** Whether neighbouring threads take neighbouring terms, which lie side by side. */
    private final boolean rowsFirst;

    private final int columns;
    private final int rows;
    private final int segments;
    private final long termsPerSegment;

    Fold(Reduction kind, Walk kept, Walk folded) {
      this.kind = kind;
      this.kept = kept;
      this.folded = folded;
      outputs = kept.steps();
      terms = folded.steps();
      rowsFirst = outputs == 1 || folded.rank() > 0 && folded.a(0) == 1;
      if (terms < FEW_TERMS) {
        rows = 1;
        columns = Launch.THREADS;
      } else if (rowsFirst) {
        rows = (int) Math.min(Launch.THREADS, Long.highestOneBit(terms) / 2);
        columns = (int) Math.min(Launch.THREADS / rows, atLeast(outputs));
      } else {
        columns = (int) Math.min(MOST_COLUMNS, atLeast(outputs));
        rows = (int) Math.min(Launch.THREADS / columns, Long.highestOneBit(terms) / 2);
      }
      long share = terms / rows;
      boolean shared = blocks() < ENOUGH_BLOCKS && share >= WORTH_SHARING;
      long wanted = shared ? Math.min(ENOUGH_BLOCKS / blocks(), 2 * share / WORTH_SHARING) : 1;
      termsPerSegment = (terms + wanted - 1) / wanted;
      segments = (int) ((terms + termsPerSegment - 1) / termsPerSegment);
    }

    /** The next power of two. */
    private static long atLeast(long count) {
      return count == 1 ? 1 : 2 * Long.highestOneBit(count - 1);
    }

    /** Blocks that a segment needs. */
    private long blocks() {
      return (outputs + columns - 1) / columns;
    }

    void run(long x, long y, long divisor) {
      if (segments == 1) {
        launch(x, y, divisor);
        return;
      }
      Block partial = memory.take(Float.BYTES * segments * outputs);
      try {
        launch(x, partial.address(), 1);
        int[] outputAxis = {(int) outputs};
        int[] segmentAxis = {segments};
        long[] one = {1};
        long[] next = {outputs};
        new Fold(kind, Walk.of(outputAxis, one, one, one), Walk.of(segmentAxis, next, next, next))
            .run(partial.address(), y, divisor);
      } finally {
        memory.give(partial);
      }
    }

    private void launch(long x, long y, long divisor) {
      byte[] fold =
          new Struct()
              .int32(outputs)
              .int32(terms)
              .int32(columns, rowsFirst ? 1 : 0)
              .divisor(segments)
              .int32(termsPerSegment)
              .bytes();
      launcher.launch(
          new Launch(
              "reduce",
              "reduce",
              Math.toIntExact(blocks() * segments),
              rows * columns,
              0,
              new KernelArguments()
                  .int32(kind.ordinal())
                  .pointer(x)
                  .pointer(y)
                  .struct(kept.struct(1, 1))
                  .struct(folded.struct(1, 1))
                  .struct(fold)
                  .float32(divisor)));
    }
  }

  void softmax(CudaBuffer x, CudaBuffer y) {
    CudaBuffer from = x;
    if (!Elementwise.sameLayout(x, y)) {
      moves.copy(x, y);
      from = y;
    }
    int classes = y.shape().dim(-1);
    int inner = Math.toIntExact(y.strides()[y.shape().rank() - 1]);
    int rows = Math.toIntExact(y.size() / classes);
    KernelArguments arguments = new KernelArguments().pointer(from.address()).pointer(y.address());
    byte[] innerStruct = new Struct().divisor(inner).bytes();
    // Rows side by side are read side by side by a thread for each.
    if (classes < FEW_TERMS || inner >= FEW_TERMS) {
      arguments.int32(rows).int32(classes).struct(innerStruct);
      launcher.launch(Launch.over(rows, "softmax_row", "softmax_row", arguments));
    } else {
      arguments.int32(classes).struct(innerStruct);
      launcher.launch(new Launch("softmax", "softmax", rows, Launch.THREADS, 0, arguments));
    }
  }
}
