package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The whole list of what a device must do. Nothing else in the engine knows which devices exist.
 *
 * <p>Arrays are logically row-major in the order of their shape ({@code [n, h, w, c]} for images);
 * how a backend stores them is its own business. Operations write into buffers that the caller has
 * allocated with the right shape; what was in them is overwritten, never added to. Inputs and
 * outputs never overlap, but for {@link #adam}. A backend belongs to one thread at a time.
 *
 * <p>A wrong shape, or a buffer of another backend, is an {@link IllegalArgumentException} (see
 * {@link Arguments}); a released buffer, or a closed backend, is an {@link IllegalStateException};
 * both say which operation. A NaN that goes in comes out, also of a maximum, a minimum or a ReLU;
 * only comparisons ({@code STEP}, {@code GREATER}, {@code EQUAL} and the {@code RELU_} rules) and a
 * fused {@link PostOp#RELU} may turn it into a number.
 */
public interface Backend extends AutoCloseable {

  /** A short name: {@code reference}, {@code onednn}, {@code cuda}. */
  String name();

  /** One line for people: library, version, processor, threads. */
  String description();

  // ---- memory ----

  /** A buffer of undefined contents and of one element or more. */
  Buffer alloc(Shape shape);

  /** Another handle on the same memory under another shape of the same size; released by itself. */
  Buffer reshape(Buffer buffer, Shape shape);

  /** Gives a handle back. Memory returns to the pool with its last handle. Once per handle. */
  void release(Buffer buffer);

  /**
   * Promises that the contents will not change any more, as a loaded model's weights do not. A
   * backend may then keep the array in whatever layouts its operations ask for, and drop the plain
   * one; {@link #download} still works. Operations may read a frozen buffer; writing is an {@link
   * IllegalStateException}. The promise holds for every handle of the memory; giving it twice is
   * giving it once.
   */
  void freeze(Buffer buffer);

  /** Takes the promise back: the contents are plain and may be written again. */
  void thaw(Buffer buffer);

  /**
   * The memory of {@code count} numbers from {@code offset} on, float32 in the machine's byte
   * order, if that is the host's and not a device's: what is put there needs no {@link #upload}. It
   * is good until the buffer is used otherwise, for any thread.
   */
  default Optional<ByteBuffer> memory(Buffer target, long offset, int count) {
    return Optional.empty();
  }

  /** Copies {@code count} numbers from {@code source[from]} on to {@code offset} on. */
  void upload(Buffer target, long offset, float[] source, int from, int count);

  /** As {@link #upload(Buffer, long, float[], int, int)}, rounding to the backend's precision. */
  void upload(Buffer target, long offset, double[] source, int from, int count);

  /** Copies {@code count} numbers from {@code offset} on to {@code target[to]} on. */
  void download(Buffer source, long offset, float[] target, int to, int count);

  /** As {@link #download(Buffer, long, float[], int, int)}, in double precision. */
  void download(Buffer source, long offset, double[] target, int to, int count);

  /** Sets every element. */
  void fill(Buffer target, double value);

  /** Bytes of device memory behind handles that have not been released, packed weights included. */
  long liveBytes();

  /** Bytes kept for reuse behind no handle. */
  long pooledBytes();

  /** Gives the pool's memory back to the system, as between rounds of different sizes. */
  void trim();

  /** Bytes that this backend should stay under; batches are cut to it. */
  long memoryBudget();

  // ---- convolution and matrix product ----

  /**
   * {@code y = post(x (*) kernel + bias)}.
   *
   * @param x {@code [n, h, w, in]}
   * @param kernel {@code [kh, kw, in / groups, out]}
   * @param bias {@code [out]}, or null for none
   * @param y {@code [n, oh, ow, out]}
   */
  void convolution(
      Convolution convolution, Buffer x, Buffer kernel, Buffer bias, PostOp post, Buffer y);

  /** The transpose of {@link #convolution} in {@code x}: gradient at the output to the input's. */
  void convolutionBackwardData(Convolution convolution, Buffer gradY, Buffer kernel, Buffer gradX);

  /** The transpose of {@link #convolution} in {@code kernel}. */
  void convolutionBackwardWeights(
      Convolution convolution, Buffer x, Buffer gradY, Buffer gradKernel);

  /**
   * {@code y = post(op(a) op(b) + bias)} of matrices, where {@code op} transposes if asked.
   *
   * @param bias {@code [columns of y]}, or null for none
   */
  void matmul(
      Buffer a,
      boolean transposeA,
      Buffer b,
      boolean transposeB,
      Buffer bias,
      PostOp post,
      Buffer y);

  // ---- element by element ----

  /** {@code y = kind(x)}; same shapes. */
  void unary(Unary kind, double alpha, double beta, Buffer x, Buffer y);

  /** {@code y = kind(a, b)}; {@code y} has the broadcast shape. */
  void binary(Binary kind, Buffer a, Buffer b, Buffer y);

  /** Folds every axis on which {@code y} has extent 1 and {@code x} has not; same rank. */
  void reduce(Reduction kind, Buffer x, Buffer y);

  /** {@code exp(x - max) / sum of it} over the last axis. */
  void softmax(Buffer x, Buffer y);

  // ---- pooling ----

  /** A buffer for the switches of a max pooling whose output has the given shape. */
  Buffer allocSwitches(Window window, Shape y);

  /**
   * The largest element under each placement of the window; the first in reading order wins a tie.
   * A NaN is larger than any number, and of several the first wins. A window that somewhere lies
   * wholly in padding is an {@link IllegalArgumentException}, for average pooling too.
   *
   * @param switches takes which element of the window it was, or null if nobody will ask
   */
  void maxPool(Window window, Buffer x, Buffer switches, Buffer y);

  /** Sends each gradient to the element that won; elsewhere zero. Overlaps add up. */
  void maxPoolBackward(Window window, Buffer gradY, Buffer switches, Buffer gradX);

  /**
   * The switches as {@code row * kernelW + column} within the window, padding counted, in the order
   * of the output's elements.
   */
  int[] downloadSwitches(Buffer switches);

  /** The mean of the elements under each placement of the window; padding is not counted. */
  void averagePool(Window window, Buffer x, Buffer y);

  /** The transpose of {@link #averagePool}. */
  void averagePoolBackward(Window window, Buffer gradY, Buffer gradX);

  // ---- moving data ----

  /** Puts {@code x} into {@code y} at {@code before} (one number per axis); the rest is value. */
  void pad(Buffer x, int[] before, double value, Buffer y);

  /** Takes {@code y}'s extents out of {@code x} from {@code start} (one number per axis). */
  void slice(Buffer x, int[] start, Buffer y);

  /** Puts arrays side by side along an axis. */
  void concat(List<Buffer> x, int axis, Buffer y);

  // ---- geometry ----

  /** Resamples {@code [n, h, w, c]} to {@code y}'s height and width. */
  void resample(Interpolation kind, Buffer x, Buffer y);

  /** The transpose of {@link #resample}. */
  void resampleBackward(Interpolation kind, Buffer gradY, Buffer gradX);

  /** Warps {@code [n, h, w, c]}. */
  void warp(Affine affine, Buffer x, Buffer y);

  /** The transpose of {@link #warp}. */
  void warpBackward(Affine affine, Buffer gradY, Buffer gradX);

  // ---- learning ----

  /** One step of Adam in place: {@code m}, {@code v} and {@code x} change, {@code grad} not. */
  void adam(AdamStep step, Buffer grad, Buffer m, Buffer v, Buffer x);

  // ---- repeating ----

  /**
   * Prepares a step to be run many times. A backend may write down what the step asks for in one
   * run, and in those that follow ask for the same without running the Java code. So a step
   *
   * <ul>
   *   <li>asks for the same operations with the same numbers on the same buffers in every run; only
   *       Adam's step number goes on by one with each run, whatever the Java code counts;
   *   <li>neither uploads nor downloads: others do, between two runs;
   *   <li>gives back what it allocates; only in its first run may it make what stays.
   * </ul>
   *
   * <p>The results are those of running the step, bit by bit. The one who repeats closes.
   */
  default Repeated repeat(Runnable step) {
    return Repeated.byRunning(this, step);
  }

  /** Frees everything, buffers still held included; no bytes are live then. Idempotent. */
  @Override
  void close();
}
