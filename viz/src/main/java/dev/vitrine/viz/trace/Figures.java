package dev.vitrine.viz.trace;

/**
 * A tensor in numbers.
 *
 * @param norm the root of the sum of its squares
 * @param largest the largest absolute value
 * @param zeros how many of its numbers are exactly zero
 * @param count how many numbers it has
 */
record Figures(double norm, double largest, long zeros, long count) {

  static Figures of(float[] values) {
    double squares = 0;
    double largest = 0;
    long zeros = 0;
    for (float value : values) {
      squares += (double) value * value;
      largest = Math.max(largest, Math.abs(value));
      zeros += value == 0 ? 1 : 0;
    }
    return new Figures(Math.sqrt(squares), largest, zeros, values.length);
  }
}
