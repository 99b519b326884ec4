package dev.vitrine.weights.keras;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinTask;

/**
 * Reads a model's numbers in pieces, by all processors, while its structure is still being looked
 * at: copying out of the system's cache and into new memory takes one thread twice as long as two.
 * Used by one thread; closing it is waiting until nobody reads or writes any more.
 */
final class Loading implements AutoCloseable {
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final List<ForkJoinTask<?>> helpers = new ArrayList<>();

  /** True once nothing is to be begun any more. */
  private volatile boolean stopped;

  /** Pieces of work that may be done at once, by any thread and in any order. */
  void add(List<Runnable> pieces) {
    waiting.addAll(pieces);
    int others = Runtime.getRuntime().availableProcessors() - 1;
    for (int i = 0; i < Math.min(others, pieces.size()); i++) {
      helpers.add(ForkJoinTask.adapt(this::work).fork());
    }
  }

  /** Does what is left; throws what went wrong in a piece, after which no other one is begun. */
  void finish() {
    try {
      work();
    } finally {
      helpers.forEach(ForkJoinTask::quietlyJoin);
    }
    helpers.forEach(ForkJoinTask::join);
  }

  private void work() {
    try {
      Runnable piece;
      while (!stopped && (piece = waiting.poll()) != null) {
        piece.run();
      }
    } catch (RuntimeException | Error e) {
      stopped = true;
      throw e;
    }
  }

  /** Drops what has not been begun. */
  @Override
  public void close() {
    stopped = true;
    helpers.forEach(ForkJoinTask::quietlyJoin);
  }
}
