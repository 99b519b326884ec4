package dev.vitrine.kernels.device;

import java.util.function.LongConsumer;

/**
 * A card: memory, one stream on which calls take effect in order, kernels of this project, matrix
 * products, convolutions and recordings. Addresses are the card's. Tests play a card on the CPU.
 *
 * <p>A call that fails is a {@link dev.vitrine.engine.backend.BackendException}.
 */
public interface Device extends AutoCloseable {

  /** One line for people: card, driver, libraries. */
  String description();

  // ---- memory ----

  /**
   * The address of new memory, aligned to 256 bytes, of undefined contents.
   *
   * @throws OutOfDeviceMemory if the card has not that much left
   */
  long allocate(long bytes);

  /** Gives memory back that {@link #allocate} returned. */
  void free(long address);

  /** Bytes that the card has left, for everybody. */
  long freeBytes();

  /** Bytes that the card has. */
  long totalBytes();

  /** Copies {@code count} numbers to the card and returns when {@code source} may change. */
  void upload(long address, float[] source, int from, int count);

  /** As {@link #upload(long, float[], int, int)}. */
  void upload(long address, int[] source, int from, int count);

  /** Waits for what was asked for before, then copies {@code count} numbers from the card. */
  void download(long address, float[] target, int to, int count);

  /** As {@link #download(long, float[], int, int)}. */
  void download(long address, int[] target, int to, int count);

  /** As {@link #download(long, float[], int, int)}. */
  void download(long address, byte[] target, int to, int count);

  /** Copies within the card's memory; the two pieces do not overlap. */
  void copy(long from, long to, long bytes);

  // ---- work ----

  /** Runs a kernel; see {@link Launcher}, which checks what it is given. */
  void launch(Launch launch);

  /** {@code y [m, n] = op(a) [m, k] op(b) [k, n]}, all row-major and densely packed. */
  void multiply(Product product, long a, long b, long y);

  /**
   * A convolution without bias in one of its three directions.
   *
   * @param a {@code x}; {@code gradY} for {@link ConvolutionCall.Direction#BACKWARD_DATA}
   * @param b the kernel; {@code gradY} for {@link ConvolutionCall.Direction#BACKWARD_WEIGHTS}
   * @param result {@code y}, {@code gradX} or {@code gradKernel}
   * @param workspace lends memory for as long as the call needs it
   * @return false, and nothing has happened, if the card's library has no deterministic algorithm
   *     for this call
   */
  boolean convolve(ConvolutionCall call, long a, long b, long result, Workspace workspace);

  /** Lends memory of the card for one piece of work. */
  interface Workspace {
    /** Lets {@code work} have an address with this many bytes behind it; 0 for 0 bytes. */
    void lend(long bytes, LongConsumer work);
  }

  // ---- recordings ----

  /**
   * From here to {@link #endRecording} calls are written down instead of taking effect. Meanwhile
   * {@link #allocate} works as ever; transfers between the card and Java, {@link #free} and {@link
   * #synchronize} are an {@link IllegalStateException}.
   */
  void beginRecording();

  /** What was written down since {@link #beginRecording}. */
  Recorded endRecording();

  /** Calls that take effect again, in order and with the same addresses, with each replay. */
  interface Recorded extends AutoCloseable {
    /** Lets the calls take effect once more. */
    void replay();

    @Override
    void close();
  }

  /** Waits for everything that was asked for. */
  void synchronize();

  /** Frees everything. Idempotent. */
  @Override
  void close();
}
