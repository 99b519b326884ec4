package dev.vitrine.engine.onednn;

import java.util.concurrent.RecursiveAction;

/**
 * Loops over large arrays, cut to as many parts as there are threads. The cuts do not change what
 * is computed, so the number of threads does not either.
 */
final class Loops {
  /** Elements that a loop works on at a time: a few arrays of them fit the first-level cache. */
  static final int CHUNK = 4096;

  /** Fewer elements than this are not worth waking a thread for. */
  private static final int GRAIN = 1 << 16;

  private final int threads;

  /** One for each thread, used again and again: a loop allocates nothing. */
  private final Share[] shares;

  Loops(int threads) {
    this.threads = threads;
    shares = new Share[threads];
    for (int i = 0; i < threads; i++) {
      shares[i] = new Share();
    }
  }

  /** Work on the elements {@code from .. to - 1}. */
  interface Part {
    void run(Arrays arrays, int from, int to);
  }

  /** What one thread of the pool does of a loop. */
  @SuppressWarnings("serial") // it never leaves the process
  private static final class Share extends RecursiveAction {
    private Arrays arrays;
    private Part part;
    private int from;
    private int to;

    void set(Part part, int from, int to) {
      if (arrays == null) {
        arrays = new Arrays();
      }
      this.part = part;
      this.from = from;
      this.to = to;
      reinitialize();
    }

    @Override
    protected void compute() {
      part.run(arrays, from, to);
    }
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
    long elements = (long) count * weight;
    int units = (count + unit - 1) / unit;
    int parts = (int) Math.min(Math.min(threads, units), elements / GRAIN);
    if (parts < 2) {
      part.run(Arrays.own(), 0, count);
      return;
    }
    for (int p = 0; p < parts; p++) {
      int from = (int) ((long) units * p / parts) * unit;
      int to = (int) Math.min((long) units * (p + 1) / parts * unit, count);
      shares[p].set(part, from, to);
      if (p > 0) {
        shares[p].fork();
      }
    }
    try {
      shares[0].invoke();
    } finally {
      for (int p = parts - 1; p > 0; p--) {
        shares[p].quietlyJoin();
      }
    }
    for (int p = 0; p < parts; p++) {
      shares[p].join(); // throws what went wrong in it
    }
  }
}
