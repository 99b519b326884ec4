package dev.vitrine.kernels.probe;

import dev.vitrine.kernels.device.Cublas;
import dev.vitrine.kernels.device.Product;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;

/** cuBLAS' float32 product: right, the same bits again, and how fast, strictly and in TF32. */
final class MatmulSection {
  private static final Section SECTION = Section.MATMUL;

  /** {@code [m, k] x [k, n]}. */
  private record Size(String name, int m, int n, int k) {}

  private static final List<Size> PRODUCTS =
      List.of(
          new Size("odd sizes", 333, 517, 777),
          new Size("square", 4096, 4096, 4096),
          new Size("VGG16 fc1, batch 1", 1, 4096, 25088),
          new Size("VGG16 fc1, batch 32", 32, 4096, 25088));

  private final ProbeSettings settings;
  private final Report report;
  private final Deadline deadline;

  MatmulSection(ProbeSettings settings, Report report, Deadline deadline) {
    this.settings = settings;
    this.report = report;
    this.deadline = deadline;
  }

  void run() {
    JCublas2.initialize();
    try (ProbeCard gpu = new ProbeCard(settings.device());
        Cublas blas = new Cublas(gpu.gpu())) {
      for (Size size : PRODUCTS) {
        report.check(SECTION, size.name(), () -> measure(gpu, blas, size));
      }
    }
  }

  private void measure(ProbeCard gpu, Cublas blas, Size p) {
    if (deadline.passed()) {
      report.line(SECTION, Verdict.SKIPPED, "%s: the section's time is spent", p.name());
      return;
    }
    RandomTensor a = new RandomTensor(settings.seed() + 1, 1, 1, p.m(), p.k(), 1f);
    RandomTensor b = new RandomTensor(settings.seed() + 2, 1, 1, p.k(), p.n(), 1f);
    CUdeviceptr left = upload(gpu, a);
    CUdeviceptr right = upload(gpu, b);
    long size = (long) p.m() * p.n();
    CUdeviceptr out = gpu.allocate(4 * size);
    int[][] places = places(p);
    double[] expected =
        Arrays.stream(places).parallel().mapToDouble(ij -> dot(a, b, ij[0], ij[1])).toArray();
    long[] offsets = Arrays.stream(places).mapToLong(ij -> (long) ij[0] * p.n() + ij[1]).toArray();
    Product product = new Product(false, false, p.m(), p.n(), p.k());
    for (Cublas.Mode mode : Cublas.Mode.values()) {
      report.check(
          SECTION,
          p.name() + " " + mode,
          () -> {
            blas.mode(mode);
            Precision precision = mode == Cublas.Mode.TF32 ? Precision.TF32 : Precision.FLOAT32;
            Runnable multiply = () -> blas.multiply(product, left, right, out);
            gpu.poison(out, size);
            multiply.run();
            int compared = (int) Math.min(size, 1 << 20);
            double error = OutputSample.error(expected, gpu.download(out, offsets));
            float[] first = gpu.download(out, compared);
            gpu.poison(out, size);
            multiply.run();
            boolean same = Bits.equal(first, gpu.download(out, compared));
            double millis = gpu.medianMillis(multiply, 20);
            report.line(
                SECTION,
                error <= precision.errorLimit() ? Verdict.OK : Verdict.FAILED,
                "%s %dx%dx%d %s: %.3f ms, %,.0f GFLOP/s, error %.1e, %s",
                p.name(),
                p.m(),
                p.n(),
                p.k(),
                mode,
                millis,
                2.0 * size * p.k() / millis / 1e6,
                error,
                same ? "same bits again" : "OTHER BITS AGAIN");
          });
    }
    gpu.free(left, right, out);
  }

  private static CUdeviceptr upload(ProbeCard gpu, RandomTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    TensorLayout.NCHW.fill(values, tensor);
    return gpu.upload(values, values.length);
  }

  private int[][] places(Size p) {
    return IntStream.range(0, Math.max(4, settings.samples()))
        .mapToObj(
            i ->
                new int[] {
                  (int) ((long) i * 7919 * 104729 % p.m()), (int) ((long) i * 15485863 % p.n())
                })
        .toArray(int[][]::new);
  }

  /** Element {@code (i, j)} of the product, in double. */
  static double dot(RandomTensor a, RandomTensor b, int i, int j) {
    double sum = 0;
    for (int k = 0; k < a.width(); k++) {
      sum += (double) a.value(0, 0, i, k) * b.value(0, 0, k, j);
    }
    return sum;
  }
}
