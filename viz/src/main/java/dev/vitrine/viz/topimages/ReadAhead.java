package dev.vitrine.viz.topimages;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Files read in order on several threads, some of them before they are asked for. Closing it lets
 * go of those that nobody asked for.
 */
public final class ReadAhead<T> implements AutoCloseable {
  private final Iterator<Path> files;
  private final Function<Path, T> reader;
  private final int ahead;
  private final ExecutorService threads;
  private final Deque<Future<T>> begun = new ArrayDeque<>();

  /**
   * Begins to read.
   *
   * @param ahead how many at most are read and not asked for yet
   * @param reader is called on several threads at once
   */
  public ReadAhead(List<Path> files, int ahead, Function<Path, T> reader) {
    this.files = files.iterator();
    this.reader = reader;
    this.ahead = ahead;
    this.threads =
        Executors.newFixedThreadPool(
            Math.min(ahead, Runtime.getRuntime().availableProcessors()), ReadAhead::daemon);
  }

  /** A thread that keeps nobody from leaving. */
  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "photographs");
    thread.setDaemon(true);
    return thread;
  }

  /** The next file's content, or what its reader threw. */
  public T next() {
    while (files.hasNext() && begun.size() < ahead) {
      Path file = files.next();
      begun.add(threads.submit(() -> reader.apply(file)));
    }
    try {
      return begun.remove().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw (Error) e.getCause(); // a function throws nothing else
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while photographs were read", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
