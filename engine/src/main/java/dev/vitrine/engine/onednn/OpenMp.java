package dev.vitrine.engine.onednn;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Map;
import java.util.function.Supplier;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/**
 * The threads on which oneDNN works, lent to Java's loops. They wait for the next primitive in any
 * case, so that a loop begins on all of them within a microsecond and finds there, in the
 * processor's cache, what the primitive before has left. Threads of Java's own would have to be
 * woken for each loop, and find their processors taken by those that wait.
 */
final class OpenMp implements Team {
  /** What OpenMP calls on each of its threads. */
  private interface Region extends Callback {
    void run(long data);
  }

  /** One for the process, and for ever. */
  private static final Region REGION = data -> runMember();

  /**
   * Of the region that runs; there is one at a time. Reading it is what lets the others see what
   * the calling thread wrote before.
   */
  private static volatile Work current;

  private final int threads;

  OpenMp(int threads) {
    this.threads = threads;
  }

  @Override
  public int grain() {
    return 1 << 14;
  }

  /**
   * Enters with all threads, also where fewer have something to do: OpenMP ends those that a region
   * does without, and starts them anew for the next one.
   */
  @Override
  public void run(int members, Work work) {
    synchronized (OpenMp.class) {
      current = work;
      try {
        Entries.GOMP_parallel(REGION, 0, Math.max(members, threads), 0);
      } finally {
        current = null;
      }
    }
  }

  private static void runMember() {
    current.run(Entries.omp_get_thread_num(), Entries.omp_get_num_threads());
  }

  /** Whether OpenMP's threads can be had. */
  static boolean available() {
    return Entries.FOUND;
  }

  /** The threads that oneDNN has. */
  static int threads() {
    return Entries.omp_get_max_threads();
  }

  /**
   * Makes something while oneDNN believes that there is one thread: such a primitive can be run on
   * each of a team's threads by itself.
   */
  static <T> T single(Supplier<T> making) {
    int threads = threads();
    Entries.omp_set_num_threads(1);
    try {
      return making.get();
    } finally {
      Entries.omp_set_num_threads(threads);
    }
  }

  /** Entries of GNU's OpenMP, which its substitutes on Linux have too. */
  private static final class Entries {
    static final boolean FOUND = find();

    /**
     * Asks oneDNN's library, which is linked to its OpenMP: a process may hold several, brought by
     * others, each with threads of its own.
     */
    private static boolean find() {
      Loader.load(dnnl.class);
      for (Map.Entry<String, String> loaded : Loader.getLoadedLibraries().entrySet()) {
        if (loaded.getKey().startsWith("dnnl") && loaded.getValue() != null) {
          try {
            Native.register(Entries.class, NativeLibrary.getInstance(loaded.getValue()));
            // They stay known to Java: to get acquainted anew would take longer than a loop.
            Native.setCallbackThreadInitializer(
                REGION, new CallbackThreadInitializer(true, false, "OpenMP"));
            return true;
          } catch (LinkageError e) {
            return false; // a runtime without these entries, or JNA can't unpack what it needs
          }
        }
      }
      return false;
    }

    // The names are OpenMP's.
    static native void GOMP_parallel(Region region, long data, int threads, int flags);

    static native int omp_get_thread_num();

    static native int omp_get_num_threads();

    static native int omp_get_max_threads();

    static native void omp_set_num_threads(int threads);
  }
}
