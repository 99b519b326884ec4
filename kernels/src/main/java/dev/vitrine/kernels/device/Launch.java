package dev.vitrine.kernels.device;

/**
 * One run of a kernel: a row of blocks of threads.
 *
 * @param file the kernel's file without {@code .cu}: {@code relu}
 * @param kernel the function in it: {@code relu_forward}
 * @param blocks blocks in the grid, 1 or more
 * @param threads threads in a block, 1 to 1024
 * @param sharedBytes bytes of dynamic shared memory per block, 0 to 48 KiB
 */
public record Launch(
    String file,
    String kernel,
    int blocks,
    int threads,
    int sharedBytes,
    KernelArguments arguments) {
  /** Threads in a block where nothing speaks for another number. */
  public static final int THREADS = 256;

  /** One thread for each of {@code count} elements, in blocks of {@link #THREADS}. */
  public static Launch over(long count, String file, String kernel, KernelArguments arguments) {
    int blocks = Math.toIntExact((count + THREADS - 1) / THREADS);
    return new Launch(file, kernel, blocks, THREADS, 0, arguments);
  }
}
