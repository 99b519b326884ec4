package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Window;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.device.Launcher;

/** Max and average pooling and the way back through them. */
final class Pooling {
  private final Launcher launcher;

  Pooling(Launcher launcher) {
    this.launcher = launcher;
  }

  /** Bytes that hold one switch: which of the window's elements won. */
  static int switchBytes(Window window) {
    return (long) window.kernelH() * window.kernelW() <= 256 ? 1 : Integer.BYTES;
  }

  /** {@code struct Window} of {@code window.cuh}. */
  static byte[] struct(Window w) {
    return new Struct()
        .int32(w.kernelH(), w.kernelW())
        .divisor(w.strideH())
        .divisor(w.strideW())
        .divisor(w.dilationH())
        .divisor(w.dilationW())
        .int32(w.padTop(), w.padLeft())
        .bytes();
  }

  /**
   * @param switches null if nobody will ask
   */
  void maxPool(Window window, CudaBuffer x, CudaBuffer switches, CudaBuffer y) {
    Image in = Image.of(x);
    Image out = Image.of(y);
    if (switches == null) {
      launch("max_pool", "max_pool", window, out, new CudaBuffer[] {x, y}, in, out);
    } else {
      String kernel = "max_pool" + kind(window);
      CudaBuffer[] arrays = {x, switches, y};
      launch("max_pool", kernel, window, out, arrays, in, out, Image.of(switches));
    }
  }

  void maxPoolBackward(Window window, CudaBuffer gradY, CudaBuffer switches, CudaBuffer gradX) {
    Image in = Image.of(gradX);
    Image out = Image.of(gradY);
    String kernel = "max_pool_backward" + kind(window);
    CudaBuffer[] arrays = {gradY, switches, gradX};
    launch("max_pool", kernel, window, in, arrays, in, out, Image.of(switches));
  }

  private static String kind(Window window) {
    return switchBytes(window) == 1 ? "_bytes" : "_ints";
  }

  void averagePool(Window window, CudaBuffer x, CudaBuffer y) {
    Image in = Image.of(x);
    Image out = Image.of(y);
    launch("average_pool", "average_pool", window, out, new CudaBuffer[] {x, y}, in, out);
  }

  void averagePoolBackward(Window window, CudaBuffer gradY, CudaBuffer gradX) {
    Image in = Image.of(gradX);
    Image out = Image.of(gradY);
    CudaBuffer[] arrays = {gradY, gradX};
    launch("average_pool", "average_pool_backward", window, in, arrays, in, out);
  }

  /** One thread for each element of {@code result}; arguments are the arrays, images, window. */
  private void launch(
      String file,
      String kernel,
      Window window,
      Image result,
      CudaBuffer[] arrays,
      Image... images) {
    KernelArguments arguments = new KernelArguments();
    long[] addresses = new long[arrays.length];
    for (int i = 0; i < arrays.length; i++) {
      addresses[i] = arrays[i].address();
      arguments.pointer(addresses[i]);
    }
    int lanes = Image.lanes(addresses, images);
    for (Image image : images) {
      arguments.struct(image.struct(lanes));
    }
    arguments.struct(struct(window));
    launcher.launch(Launch.over(result.size(lanes), file, Fours.name(kernel, lanes), arguments));
  }
}
