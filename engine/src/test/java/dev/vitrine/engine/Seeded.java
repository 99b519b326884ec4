package dev.vitrine.engine;

import java.util.SplittableRandom;

/** Random numbers, shapes and tensors for tests; the same ones for the same seed. */
public final class Seeded {
  private final SplittableRandom random;

  public Seeded(long seed) {
    random = new SplittableRandom(seed);
  }

  /** An integer from {@code least} to {@code most}, both included. */
  public int between(int least, int most) {
    return random.nextInt(least, most + 1);
  }

  public double between(double low, double high) {
    return random.nextDouble(low, high);
  }

  public boolean coin() {
    return random.nextBoolean();
  }

  @SafeVarargs
  public final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** Independent numbers, rounded to float so that every backend gets the same ones. */
  public double[] uniform(Shape shape, double low, double high) {
    double[] values = new double[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(low, high);
    }
    return values;
  }

  /**
   * Evenly spread numbers in random order: no two are near each other and none is near 0, so that
   * small steps cross no kink and break no tie.
   */
  public double[] spread(Shape shape, double low, double high) {
    double[] values = new double[Math.toIntExact(shape.size())];
    double offset = random.nextDouble(0.2, 0.45);
    for (int i = 0; i < values.length; i++) {
      values[i] = low + (high - low) * (i + offset) / values.length;
    }
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
    return values;
  }

  public Tensor tensor(Scope scope, Shape shape) {
    return scope.of(shape, uniform(shape, -1, 1));
  }
}
