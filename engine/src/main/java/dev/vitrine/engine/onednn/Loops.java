package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.BackendException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Loops over large arrays, cut to as many parts as there are threads. The cuts do not change what
 * is computed, so the number of threads does not either.
 */
final class Loops implements Team.Work {
  /** Elements that a loop works on at a time: a few arrays of them fit the first-level cache. */
  static final int CHUNK = 4096;

  private final int threads;

  /** One for each task, kept from loop to loop. */
  private final Arrays[] arrays;

  /** Made for the first loop that could be cut. */
  private Team team;

  // The loop at work.
  private Task task;
  private int tasks;
  private final Task cut = this::runPart;
  private Part part;
  private int count;
  private int unit;
  private final AtomicInteger done = new AtomicInteger();
  private volatile Throwable failure;

  Loops(int threads) {
    this.threads = threads;
    arrays = new Arrays[threads];
  }

  /** As the other, with threads of a certain kind. */
  Loops(int threads, Team team) {
    this(threads);
    this.team = team;
  }

  /** Work on the elements {@code from .. to - 1}. */
  interface Part {
    void run(Arrays arrays, int from, int to);
  }

  /** One of a few tasks. */
  interface Task {
    void run(Arrays arrays, int number);
  }

  /** Arrays to work in, kept from call to call. */
  static final class Arrays {
    private static final ThreadLocal<Arrays> OWN = ThreadLocal.withInitial(Arrays::new);

    final float[] a = new float[CHUNK];
    final float[] b = new float[CHUNK];
    final float[] c = new float[CHUNK];
    final float[] d = new float[CHUNK];
    final int[] i = new int[CHUNK];
    final int[] j = new int[CHUNK];
    private final float[][] grown = new float[4][0];
    private final float[][][] bundles = new float[3][0][0];

    /** An array of at least this many elements. */
    float[] first(int size) {
      return grown(0, size);
    }

    /** Another one. */
    float[] second(int size) {
      return grown(1, size);
    }

    /** A third one. */
    float[] third(int size) {
      return grown(2, size);
    }

    /** A fourth one. */
    float[] fourth(int size) {
      return grown(3, size);
    }

    private float[] grown(int which, int size) {
      if (grown[which].length < size) {
        grown[which] = new float[size];
      }
      return grown[which];
    }

    /**
     * One of three bundles of arrays, {@code count} of them with at least {@code size} elements.
     */
    float[][] bundle(int which, int count, int size) {
      float[][] bundle = bundles[which];
      if (bundle.length < count || bundle[0].length < size) {
        bundle = new float[Math.max(count, bundle.length)][size];
        bundles[which] = bundle;
      }
      return bundle;
    }

    static Arrays own() {
      return OWN.get();
    }
  }

  /** Runs the parts of {@code 0 .. count - 1}, each cut at a multiple of {@link #CHUNK}. */
  void run(int count, Part part) {
    run(count, CHUNK, 1, part);
  }

  /**
   * Runs the parts of {@code 0 .. count - 1}.
   *
   * @param unit parts are cut at multiples of it
   * @param weight elements that each one stands for
   */
  void run(int count, int unit, int weight, Part part) {
    int units = (count + unit - 1) / unit;
    int most = Math.min(threads, units);
    int parts = most < 2 ? 1 : (int) Math.min(most, (long) count * weight / team().grain());
    if (parts < 2) {
      part.run(Arrays.own(), 0, count);
      return;
    }
    this.part = part;
    this.count = count;
    this.unit = unit;
    try {
      each(parts, cut);
    } finally {
      this.part = null;
    }
  }

  /** Does one of the parts of a loop. */
  private void runPart(Arrays arrays, int number) {
    int units = (count + unit - 1) / unit;
    int from = (int) ((long) units * number / tasks) * unit;
    int to = (int) Math.min((long) units * (number + 1) / tasks * unit, count);
    part.run(arrays, from, to);
  }

  /** Runs the tasks {@code 0 .. count - 1}, at most one for each thread, side by side. */
  void each(int count, Task task) {
    if (count == 1) {
      task.run(Arrays.own(), 0);
      return;
    }
    this.task = task;
    tasks = count;
    done.set(0);
    try {
      team().run(count, this);
      if (failure instanceof Error error) {
        throw error;
      } else if (failure instanceof RuntimeException exception) {
        throw exception;
      } else if (done.get() != count) {
        throw new BackendException("a thread did not do its part of a loop; is memory left?");
      }
    } finally {
      this.task = null;
      failure = null;
    }
  }

  /** Does the tasks of one member of the team. */
  @Override
  public void run(int member, int members) {
    for (int i = member; i < tasks; i += members) {
      try {
        if (arrays[i] == null) {
          arrays[i] = new Arrays();
        }
        task.run(arrays[i], i);
        done.incrementAndGet();
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
  }

  /** Keeps the first thing that went wrong, and the others with it. */
  private synchronized void fail(Throwable e) {
    if (failure == null) {
      failure = e;
    } else if (failure != e) {
      failure.addSuppressed(e);
    }
  }

  private Team team() {
    if (team == null) {
      team = OpenMp.available() ? new OpenMp(threads) : new ForkJoin(threads);
    }
    return team;
  }
}
