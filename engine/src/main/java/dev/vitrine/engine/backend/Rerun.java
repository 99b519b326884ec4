package dev.vitrine.engine.backend;

/** Repeats a step by running it, and holds it to the contract of {@link Backend#repeat}. */
final class Rerun implements Repeated {
  private final Backend backend;
  private final Runnable step;
  private boolean first = true;
  private boolean closed;

  Rerun(Backend backend, Runnable step) {
    this.backend = backend;
    this.step = step;
  }

  @Override
  public void run() {
    if (closed) {
      throw new IllegalStateException("the repeated step has been closed");
    }
    long before = backend.liveBytes();
    step.run();
    if (!first) {
      Arguments.repeated(before, backend.liveBytes());
    }
    first = false;
  }

  @Override
  public void close() {
    closed = true;
  }
}
