package dev.vitrine.kernels;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * A walk over two arrays at once, axis by axis, innermost first. Axes along which both arrays go on
 * evenly are one; those of extent 1 are left out.
 */
final class Walk {
  private static final int MOST_AXES = 8;
  private static final int LANES = 4;

  /**
   * One axis.
   *
   * @param lead by this the axes are sorted: neighbouring steps have the smallest
   * @param a the first array's stride in elements, 0 where it is repeated
   * @param b the second's
   */
  private record Axis(int extent, long lead, long a, long b) {

    boolean goesOnWith(Axis outer) {
      return outer.lead == lead * extent && outer.a == a * extent && outer.b == b * extent;
    }

    Axis mergedWith(Axis outer) {
      return new Axis(extent * outer.extent, lead, a, b);
    }
  }

  private final List<Axis> axes;

  private Walk(List<Axis> axes) {
    this.axes = axes;
  }

  /**
   * A walk over some axes.
   *
   * @param lead strides of the array in whose order the steps are counted
   * @throws IllegalArgumentException if more axes are left than kernels know
   */
  static Walk of(int[] extents, long[] lead, long[] a, long[] b) {
    List<Axis> sorted = new ArrayList<>();
    for (int i = 0; i < extents.length; i++) {
      if (extents[i] > 1) {
        sorted.add(new Axis(extents[i], lead[i], a[i], b[i]));
      }
    }
    sorted.sort(Comparator.comparingLong(Axis::lead));
    List<Axis> merged = new ArrayList<>();
    for (Axis axis : sorted) {
      int last = merged.size() - 1;
      if (last >= 0 && merged.get(last).goesOnWith(axis)) {
        merged.set(last, merged.get(last).mergedWith(axis));
      } else {
        merged.add(axis);
      }
    }
    if (merged.size() > MOST_AXES) {
      throw new IllegalArgumentException(
          "an array has %d axes that lie apart; kernels know %d"
              .formatted(merged.size(), MOST_AXES));
    }
    return new Walk(merged);
  }

  /** The number of steps. */
  long steps() {
    return axes.stream().mapToLong(Axis::extent).reduce(1, (x, y) -> x * y);
  }

  int rank() {
    return axes.size();
  }

  int extent(int axis) {
    return axes.get(axis).extent;
  }

  long a(int axis) {
    return axes.get(axis).a;
  }

  long b(int axis) {
    return axes.get(axis).b;
  }

  /** Whether it leads through both arrays without a gap, one after the other. */
  boolean flat() {
    return axes.isEmpty() || axes.size() == 1 && a(0) == 1 && b(0) == 1;
  }

  /**
   * 4 where each four steps see four neighbours of each array, or one number again and again, else
   * 1.
   *
   * @param repeats whether an array may be repeated along the innermost axis
   */
  int lanes(boolean repeats, long... addresses) {
    if (axes.isEmpty() || !inFours(Axis::a, repeats) || !inFours(Axis::b, repeats)) {
      return 1;
    }
    return Fours.lanes(extent(0), addresses);
  }

  private boolean inFours(ToLongFunction<Axis> stride, boolean repeats) {
    long inner = stride.applyAsLong(axes.get(0));
    if (inner == 0) {
      return repeats;
    }
    return inner == 1
        && axes.stream().skip(1).allMatch(axis -> stride.applyAsLong(axis) % LANES == 0);
  }

  /**
   * {@code struct Axes} of {@code index.cuh}.
   *
   * @param lanes steps that a thread takes at once
   * @param unit numbers that a stride of 1 means there
   */
  byte[] struct(int lanes, int unit) {
    Struct struct = new Struct().int32(axes.size());
    for (int i = 0; i < MOST_AXES; i++) {
      struct.divisor(i >= axes.size() ? 1 : i == 0 ? extent(0) / lanes : extent(i));
    }
    for (int i = 0; i < MOST_AXES; i++) {
      struct.int32(i < axes.size() ? stride(a(i), i, lanes, unit) : 0);
    }
    for (int i = 0; i < MOST_AXES; i++) {
      struct.int32(i < axes.size() ? stride(b(i), i, lanes, unit) : 0);
    }
    return struct.bytes();
  }

  private static long stride(long stride, int axis, int lanes, int unit) {
    return (axis == 0 ? stride * lanes : stride) / unit;
  }
}
