package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;

/** An array on the host: what goes into a backend and what comes out of it. */
record Values(Shape shape, double[] data) {

  /** The given numbers in reading order. */
  static Values of(Shape shape, double... data) {
    if (data.length != shape.size()) {
      throw new IllegalArgumentException(data.length + " numbers for " + shape);
    }
    return new Values(shape, data);
  }

  /** Uniform in -1 to 1 and exact in float32, so that every backend starts from the same. */
  static Values random(SplittableRandom random, Shape shape) {
    double[] data = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < data.length; i++) {
      data[i] = (float) random.nextDouble(-1, 1);
    }
    return new Values(shape, data);
  }

  /** Multiples of a half between -2 and 2, so that ties and zeros occur. */
  static Values coarse(SplittableRandom random, Shape shape) {
    return random(random, shape).map(v -> Math.rint(4 * v) / 2);
  }

  /** No two alike and none nearer to another, or to zero, than 1 / 64; shuffled. */
  static Values distinct(SplittableRandom random, Shape shape) {
    Values values = random(random, shape);
    double[] data = values.data;
    for (int i = 0; i < data.length; i++) {
      data[i] = (i - data.length / 2 + 0.5) / 32;
    }
    for (int i = data.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double other = data[j];
      data[j] = data[i];
      data[i] = other;
    }
    return values;
  }

  Values map(DoubleUnaryOperator function) {
    double[] mapped = new double[data.length];
    for (int i = 0; i < mapped.length; i++) {
      mapped[i] = function.applyAsDouble(data[i]);
    }
    return new Values(shape, mapped);
  }

  /** {@code this + factor * direction}. */
  Values plus(double factor, Values direction) {
    double[] sum = data.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * direction.data[i];
    }
    return new Values(shape, sum);
  }

  double dot(Values other) {
    double sum = 0;
    for (int i = 0; i < data.length; i++) {
      sum += data[i] * other.data[i];
    }
    return sum;
  }

  double largest() {
    double largest = 0;
    for (double v : data) {
      largest = Math.max(largest, Math.abs(v));
    }
    return largest;
  }
}
