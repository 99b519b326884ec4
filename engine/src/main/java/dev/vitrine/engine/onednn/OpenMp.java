package dev.vitrine.engine.onednn;

import com.sun.jna.Callback;
import com.sun.jna.CallbackReference;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
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

  private final Region region = data -> runMember();
  private final long function;
  private Work work;

  OpenMp() {
    // They stay known to Java: to get acquainted anew for each loop would take longer than the
    // loop.
    Native.setCallbackThreadInitializer(
        region, new CallbackThreadInitializer(true, false, "OpenMP"));
    function = Pointer.nativeValue(CallbackReference.getFunctionPointer(region));
  }

  @Override
  public int grain() {
    return 1 << 14;
  }

  @Override
  public void run(int members, Work work) {
    this.work = work;
    Entries.GOMP_parallel(function, 0, members, 0);
  }

  private void runMember() {
    work.run(Entries.omp_get_thread_num(), Entries.omp_get_num_threads());
  }

  /** Whether OpenMP's threads can be had. */
  static boolean available() {
    return Entries.FOUND;
  }

  /**
   * Makes something while oneDNN believes that there is one thread: such a primitive can be run on
   * each of a team's threads by itself.
   */
  static <T> T single(Supplier<T> making) {
    int threads = Entries.omp_get_max_threads();
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
            return true;
          } catch (LinkageError e) {
            // A runtime without these entries, or JNA can't unpack what it needs: do without.
          }
        }
      }
      return false;
    }

    // The names are OpenMP's.
    static native void GOMP_parallel(long function, long data, int threads, int flags);

    static native int omp_get_thread_num();

    static native int omp_get_num_threads();

    static native int omp_get_max_threads();

    static native void omp_set_num_threads(int threads);
  }
}
