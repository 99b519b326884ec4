package dev.vitrine.engine.backend;

/** A step that is run many times; made by {@link Backend#repeat}. */
public interface Repeated extends AutoCloseable {

  /** Repeats a step by running it: where somebody listens to every run, and on a CPU. */
  static Repeated byRunning(Backend backend, Runnable step) {
    return new Rerun(backend, step);
  }

  /**
   * Runs the step once more.
   *
   * @throws IllegalStateException if the step, after its first run, keeps memory that it allocated
   *     or gives back what it did not; or if it has been closed
   */
  void run();

  /** Frees what the repetition needed. Idempotent. */
  @Override
  void close();
}
