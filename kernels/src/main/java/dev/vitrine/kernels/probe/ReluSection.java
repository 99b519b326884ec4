package dev.vitrine.kernels.probe;

import static jcuda.driver.JCudaDriver.cuMemcpyDtoDAsync;

import dev.vitrine.kernels.device.Gpu;
import dev.vitrine.kernels.device.KernelSource;
import dev.vitrine.kernels.device.MissingDevice;
import java.io.IOException;
import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUfunction;

/** A hand-written kernel compiled by NVRTC, launched and checked; its bandwidth and a copy's. */
final class ReluSection {
  private static final Section SECTION = Section.RELU;

  /** Compiled for where there is no card to ask. */
  private static final int DEFAULT_CAPABILITY = 90;

  /** Several times the second-level cache of any card: 256 MB. */
  private static final long ELEMENTS = 1L << 26;

  /** Elements compared with the CPU. */
  private static final int CHECKED = 1 << 20;

  private final ProbeSettings settings;
  private final Report report;

  ReluSection(ProbeSettings settings, Report report) {
    this.settings = settings;
    this.report = report;
  }

  void run() throws IOException {
    KernelSource source = KernelSource.of("relu.cu");
    try (ProbeCard gpu = new ProbeCard(settings.device())) {
      long count = Math.min(ELEMENTS, gpu.gpu().freeBytes() / 32);
      CUdeviceptr x = gpu.allocate(4 * count);
      CUdeviceptr y = gpu.allocate(4 * count);
      float[] values = values(count);
      gpu.copyIn(x, values, count);
      report.check(SECTION, "copy", () -> copy(gpu, x, y, values));
      report.check(SECTION, "relu_forward", () -> relu(gpu, source, x, y, values));
      report.check(SECTION, "relu_backward", () -> backward(gpu, source, x, y, values));
    } catch (MissingDevice | LinkageError e) {
      report.line(SECTION, Verdict.MISSING, "launch: %s", Report.oneLine(e));
      report.check(
          SECTION,
          "relu.cu for sm_" + DEFAULT_CAPABILITY,
          () -> compile(source, DEFAULT_CAPABILITY));
    }
  }

  private KernelSource.Binary compile(KernelSource source, int capability) {
    long begin = System.nanoTime();
    KernelSource.Binary binary = source.compile(KernelSource.architecture(capability));
    report.line(
        SECTION,
        Verdict.OK,
        "%s: compiled for %s in %.0f ms, %,d bytes",
        source.name(),
        binary.architecture(),
        (System.nanoTime() - begin) / 1e6,
        binary.bytes().length);
    return binary;
  }

  /** Random values that begin with those at which a ReLU may go wrong. */
  private float[] values(long count) {
    float[] values = new float[Math.toIntExact(count)];
    RandomTensor random = new RandomTensor(settings.seed(), 1, 1, 1, Math.toIntExact(count), 10f);
    TensorLayout.NCHW.fill(values, random);
    float[] special = {
      0f,
      -0f,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MAX_VALUE,
      -Float.MAX_VALUE
    };
    System.arraycopy(special, 0, values, 0, special.length);
    return values;
  }

  private void copy(ProbeCard gpu, CUdeviceptr x, CUdeviceptr y, float[] values) {
    long bytes = 4L * values.length;
    gpu.poison(y, values.length);
    Runnable copy =
        () -> Gpu.check(cuMemcpyDtoDAsync(y, x, bytes, gpu.stream()), "cuMemcpyDtoDAsync");
    double millis = gpu.medianMillis(copy, 20);
    int wrong = mismatches(values, gpu.download(y, CHECKED), Change.NONE);
    report.line(
        SECTION,
        wrong == 0 ? Verdict.OK : Verdict.FAILED,
        "copy of %d MB: %.3f ms, %.0f GB/s read and written, %d of %,d wrong",
        bytes >> 20,
        millis,
        2 * bytes / millis / 1e6,
        wrong,
        CHECKED);
  }

  private void relu(
      ProbeCard gpu, KernelSource source, CUdeviceptr x, CUdeviceptr y, float[] values) {
    KernelSource.Binary binary = compile(source, gpu.gpu().computeCapability());
    CUfunction function = Gpu.function(binary.load(), "relu_forward");
    gpu.poison(y, values.length);
    Pointer arguments =
        Pointer.to(Pointer.to(x), Pointer.to(y), Pointer.to(new long[] {values.length}));
    double millis = gpu.medianMillis(() -> gpu.launch(function, values.length, arguments), 20);
    int wrong = mismatches(values, gpu.download(y, CHECKED), Change.RELU);
    report.line(
        SECTION,
        wrong == 0 ? Verdict.OK : Verdict.FAILED,
        "relu_forward of %d MB: %.3f ms, %.0f GB/s read and written, %d of %,d wrong",
        4L * values.length >> 20,
        millis,
        8L * values.length / millis / 1e6,
        wrong,
        CHECKED);
  }

  private void backward(
      ProbeCard gpu, KernelSource source, CUdeviceptr x, CUdeviceptr dx, float[] values) {
    CUfunction function =
        Gpu.function(
            source.compile(KernelSource.architecture(gpu.gpu().computeCapability())).load(),
            "relu_backward");
    gpu.poison(dx, values.length);
    // x stands for the gradient too: what comes through is x where it is positive.
    Pointer arguments =
        Pointer.to(
            Pointer.to(x), Pointer.to(x), Pointer.to(dx), Pointer.to(new long[] {values.length}));
    double millis = gpu.medianMillis(() -> gpu.launch(function, values.length, arguments), 20);
    int wrong = mismatches(values, gpu.download(dx, CHECKED), Change.POSITIVE);
    report.line(
        SECTION,
        wrong == 0 ? Verdict.OK : Verdict.FAILED,
        "relu_backward of %d MB: %.3f ms, %.0f GB/s read and written (x and dy are one buffer),"
            + " %d of %,d wrong",
        4L * values.length >> 20,
        millis,
        8L * values.length / millis / 1e6,
        wrong,
        CHECKED);
  }

  /** What a kernel does to each value. */
  enum Change {
    NONE,
    /** {@code max(x, 0)} with NaN passed through and no negative zero. */
    RELU,
    /** {@code x} where it is positive, else 0, also for NaN. */
    POSITIVE;

    float of(float x) {
      return switch (this) {
        case NONE -> x;
        case RELU -> x <= 0 ? 0f : x;
        case POSITIVE -> x > 0 ? x : 0f;
      };
    }
  }

  /** How many of the first values differ in a bit; every NaN counts as the same. */
  static int mismatches(float[] values, float[] found, Change change) {
    int wrong = 0;
    for (int i = 0; i < found.length; i++) {
      if (Float.floatToIntBits(change.of(values[i])) != Float.floatToIntBits(found[i])) {
        wrong++;
      }
    }
    return wrong;
  }
}
