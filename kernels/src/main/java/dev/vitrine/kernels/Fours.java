package dev.vitrine.kernels;

/**
 * Whether a kernel may take four numbers at a time. Each kernel {@code NAME} that can has a brother
 * {@code NAME_4}; both are launched by one piece of code, which counts in {@code lanes} numbers.
 */
final class Fours {
  private static final int LANES = 4;
  private static final int BYTES = LANES * Float.BYTES;

  private Fours() {}

  /** 4 where arrays that begin at these addresses may be read in runs of {@code run}, else 1. */
  static int lanes(long run, long... addresses) {
    for (long address : addresses) {
      if (address % BYTES != 0) {
        return 1;
      }
    }
    return run % LANES == 0 ? LANES : 1;
  }

  /** The kernel's name for so many numbers at a time. */
  static String name(String kernel, int lanes) {
    return lanes == LANES ? kernel + "_4" : kernel;
  }
}
