package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;

/**
 * How a kernel {@code [kh, kw, in / groups, out]} that lies plainly in memory looks to oneDNN,
 * whose axes are {@code [groups,] out, in, kh, kw}.
 *
 * @param rotated true for the kernel of the transposed convolution: rotated by 180 degrees, with
 *     its input and output channels swapped. The swap is a matter of strides; the rotation is made
 *     beforehand, by {@link Kernels}
 */
record KernelLayout(int kh, int kw, int in, int out, int groups, boolean rotated) {

  static KernelLayout of(Shape kernel, int groups, boolean rotated) {
    return new KernelLayout(
        kernel.dim(0), kernel.dim(1), kernel.dim(2), kernel.dim(3) / groups, groups, rotated);
  }

  /** The same kernel the right way round. */
  KernelLayout upright() {
    return new KernelLayout(kh, kw, in, out, groups, false);
  }

  /** oneDNN's axes. */
  long[] dims() {
    int to = rotated ? in : out;
    int from = rotated ? out : in;
    return groups == 1 ? new long[] {to, from, kh, kw} : new long[] {groups, to, from, kh, kw};
  }

  /** The stride of each of oneDNN's axes in the plain kernel. */
  long[] strides() {
    long channels = (long) groups * out;
    long to = rotated ? channels : 1;
    long from = rotated ? 1 : channels;
    long column = in * channels;
    return groups == 1
        ? new long[] {to, from, kw * column, column}
        : new long[] {out, to, from, kw * column, column};
  }

  /** The bytes of the plain kernel. */
  long bytes() {
    return 4L * kh * kw * sliceElements();
  }

  /** The elements that belong to one position of the window; they lie together. */
  int sliceElements() {
    return in * out * groups;
  }
}
