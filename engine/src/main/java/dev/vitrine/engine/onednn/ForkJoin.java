package dev.vitrine.engine.onednn;

import java.util.concurrent.RecursiveAction;

/** Threads of Java's common pool, where oneDNN's can't be had. */
final class ForkJoin implements Team {
  private final Member[] members;

  ForkJoin(int threads) {
    members = new Member[threads];
    for (int i = 0; i < threads; i++) {
      members[i] = new Member();
    }
  }

  /** What one thread does; used again and again. */
  @SuppressWarnings("serial") // it never leaves the process
  private static final class Member extends RecursiveAction {
    private Work work;
    private int number;
    private int of;

    void set(Work work, int number, int of) {
      this.work = work;
      this.number = number;
      this.of = of;
      reinitialize();
    }

    @Override
    protected void compute() {
      work.run(number, of);
    }
  }

  @Override
  public int grain() {
    return 1 << 16;
  }

  @Override
  public void run(int count, Work work) {
    for (int i = 1; i < count; i++) {
      members[i].set(work, i, count);
      members[i].fork();
    }
    work.run(0, count);
    for (int i = count - 1; i > 0; i--) {
      members[i].join();
    }
  }
}
