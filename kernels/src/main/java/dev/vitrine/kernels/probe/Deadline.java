package dev.vitrine.kernels.probe;

/** When a section has to stop starting new measurements. */
final class Deadline {
  private final long endNanos;

  private Deadline(long endNanos) {
    this.endNanos = endNanos;
  }

  static Deadline in(double seconds) {
    return new Deadline(System.nanoTime() + (long) (seconds * 1e9));
  }

  boolean passed() {
    return secondsLeft() <= 0;
  }

  double secondsLeft() {
    return (endNanos - System.nanoTime()) / 1e9;
  }
}
