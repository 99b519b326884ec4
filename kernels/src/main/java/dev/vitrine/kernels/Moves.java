package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Copies between places and orders of axes, padding and filling; never changes a bit. */
final class Moves implements StridedCopy {
  /** From here on a matrix is transposed through shared memory: rows and columns. */
  private static final int TILE = 32;

  private static final int MOST_AXES = 8;

  private final Launcher launcher;

  Moves(Launcher launcher) {
    this.launcher = launcher;
  }

  void fill(CudaBuffer y, double value) {
    int lanes = Fours.lanes(y.size(), y.address());
    launcher.launch(
        Launch.over(
            y.size() / lanes,
            "unary",
            Fours.name("fill", lanes),
            new KernelArguments()
                .pointer(y.address())
                .float32((float) value)
                .int32((int) (y.size() / lanes))));
  }

  @Override
  public void copy(int[] extents, long from, long[] fromStrides, long to, long[] toStrides) {
    Walk walk = Walk.of(extents, toStrides, fromStrides, toStrides);
    if (transposes(walk)) {
      transpose(walk, from, to);
      return;
    }
    int lanes = walk.lanes(false, from, to);
    long count = walk.steps() / lanes;
    launcher.launch(
        Launch.over(
            count,
            "move",
            Fours.name("copy", lanes),
            new KernelArguments()
                .pointer(from)
                .pointer(to)
                .struct(walk.struct(lanes, lanes))
                .int32((int) count)));
  }

  /** Whether it is a row of matrices of some size, each transposed. */
  private static boolean transposes(Walk walk) {
    if (walk.rank() < 2 || walk.rank() > 3) {
      return false;
    }
    long rows = walk.extent(0);
    long columns = walk.extent(1);
    boolean matrix = walk.b(0) == 1 && walk.a(0) == columns && walk.b(1) == rows && walk.a(1) == 1;
    boolean dense = walk.rank() == 2 || walk.a(2) == rows * columns && walk.b(2) == rows * columns;
    return matrix && dense && rows >= TILE / 2 && columns >= TILE / 2;
  }

  private void transpose(Walk walk, long from, long to) {
    int rows = walk.extent(0);
    int columns = walk.extent(1);
    int matrices = walk.rank() == 2 ? 1 : walk.extent(2);
    int tilesDown = (rows + TILE - 1) / TILE;
    int tilesAcross = (columns + TILE - 1) / TILE;
    launcher.launch(
        new Launch(
            "transpose",
            "transpose",
            Math.multiplyExact(matrices, Math.multiplyExact(tilesDown, tilesAcross)),
            Launch.THREADS,
            0,
            new KernelArguments()
                .pointer(from)
                .pointer(to)
                .int32(rows)
                .int32(columns)
                .struct(new Struct().divisor(tilesDown).bytes())
                .struct(new Struct().divisor(tilesAcross).bytes())));
  }

  /** Copies an array to one of the same shape that may lie in another order. */
  void copy(CudaBuffer x, CudaBuffer y) {
    copy(x.shape().dims(), x.address(), x.strides(), y.address(), y.strides());
  }

  void slice(CudaBuffer x, int[] start, CudaBuffer y) {
    long from = x.address() + bytes(start, x.strides());
    copy(y.shape().dims(), from, x.strides(), y.address(), y.strides());
  }

  void concat(List<CudaBuffer> x, int axis, CudaBuffer y) {
    int[] at = new int[y.shape().rank()];
    for (CudaBuffer part : x) {
      long to = y.address() + bytes(at, y.strides());
      copy(part.shape().dims(), part.address(), part.strides(), to, y.strides());
      at[axis] += part.shape().dim(axis);
    }
  }

  private static long bytes(int[] place, long[] strides) {
    long elements = 0;
    for (int i = 0; i < place.length; i++) {
      elements += place[i] * strides[i];
    }
    return Float.BYTES * elements;
  }

  /**
   * One axis of a padded array.
   *
   * @param before where x begins
   * @param within x's extent
   * @param lead y's stride
   * @param stride x's stride
   */
  private record Padded(int extent, int before, int within, long lead, long stride) {

    boolean whole() {
      return within == extent;
    }

    Padded mergedWith(Padded outer) {
      return new Padded(
          extent * outer.extent, outer.before * extent, outer.within * extent, lead, stride);
    }
  }

  void pad(CudaBuffer x, int[] before, double value, CudaBuffer y) {
    List<Padded> axes = padded(x, before, y.shape(), y.strides());
    int lanes = lanes(axes, x.address(), y.address());
    Struct walk = new Struct().int32(axes.size());
    Struct within = new Struct();
    for (int i = 0; i < MOST_AXES; i++) {
      int inner = i == 0 ? lanes : 1;
      walk.divisor(i < axes.size() ? axes.get(i).extent / inner : 1);
      within.int32(i < axes.size() ? axes.get(i).within / inner : 1);
    }
    for (int i = 0; i < MOST_AXES; i++) {
      long stride = i < axes.size() ? axes.get(i).stride : 0;
      walk.int32(i == 0 && lanes > 1 ? 1 : stride / lanes);
    }
    for (int i = 0; i < MOST_AXES; i++) {
      walk.int32(i < axes.size() ? axes.get(i).before / (i == 0 ? lanes : 1) : 0);
    }
    long count = y.size() / lanes;
    launcher.launch(
        Launch.over(
            count,
            "move",
            Fours.name("pad", lanes),
            new KernelArguments()
                .pointer(x.address())
                .pointer(y.address())
                .struct(walk.bytes())
                .struct(within.bytes())
                .float32((float) value)
                .int32((int) count)));
  }

  /** The axes of y, innermost first; an axis that x fills is one with that around it. */
  private static List<Padded> padded(CudaBuffer x, int[] before, Shape y, long[] yStrides) {
    List<Padded> sorted = new ArrayList<>();
    for (int i = 0; i < before.length; i++) {
      if (y.dim(i) > 1) {
        sorted.add(new Padded(y.dim(i), before[i], x.shape().dim(i), yStrides[i], x.strides()[i]));
      }
    }
    sorted.sort(Comparator.comparingLong(Padded::lead));
    List<Padded> merged = new ArrayList<>();
    for (Padded axis : sorted) {
      int last = merged.size() - 1;
      Padded inner = last < 0 ? null : merged.get(last);
      if (inner != null && inner.whole() && axis.stride == inner.stride * inner.extent) {
        merged.set(last, inner.mergedWith(axis));
      } else {
        merged.add(axis);
      }
    }
    if (merged.size() > MOST_AXES) {
      throw new IllegalArgumentException(
          "pad: y %s has %d axes that lie apart; kernels know %d"
              .formatted(y, merged.size(), MOST_AXES));
    }
    return merged;
  }

  private static int lanes(List<Padded> axes, long x, long y) {
    if (axes.isEmpty()) {
      return 1;
    }
    Padded inner = axes.get(0);
    boolean fours =
        inner.stride == 1
            && inner.before % 4 == 0
            && inner.within % 4 == 0
            && axes.stream().skip(1).allMatch(axis -> axis.stride % 4 == 0);
    return fours ? Fours.lanes(inner.extent, x, y) : 1;
  }
}
