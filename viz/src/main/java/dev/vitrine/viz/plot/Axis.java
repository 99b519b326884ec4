package dev.vitrine.viz.plot;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The numbers that an axis spans, with marks at 1, 2 or 5 times a power of ten.
 *
 * @param low a multiple of the step
 * @param high more than low
 * @param step from mark to mark
 */
record Axis(double low, double high, double step) {
  private static final int MARKS = 5;

  /** An axis for these values and zero, of about five marks. */
  static Axis around(double[] values) {
    double low = 0;
    double high = 0;
    for (double value : values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    double step = step((high - low) / MARKS);
    low = Math.floor(low / step) * step;
    return new Axis(low, high > low ? high : low + step, step);
  }

  /** The same with room beyond the largest value for what is written there. */
  Axis withRoom(double share) {
    return new Axis(low, low + (1 + share) * (high - low), step);
  }

  /** The numbers at the marks. */
  List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    for (double mark = low; mark <= high + step / 1e3; mark += step) {
      marks.add(Math.abs(mark) < step / 1e3 ? 0 : mark);
    }
    return marks;
  }

  /** How far up the axis a value is, 0 to 1. */
  double share(double value) {
    return (value - low) / (high - low);
  }

  /** 1, 2 or 5 times a power of ten, the first that is no smaller. */
  static double step(double atLeast) {
    if (!(atLeast > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (int digit : new int[] {1, 2, 5}) {
      if (digit * power >= atLeast * (1 - 1e-9)) {
        return digit * power;
      }
    }
    return 10 * power;
  }

  /** A number as short as it can be read. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size >= 1e5 || (size > 0 && size < 1e-3)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    String plain =
        String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 1 ? "%.2f" : "%.3f", value);
    return plain.contains(".") ? plain.replaceFirst("\\.?0+$", "") : plain;
  }
}
