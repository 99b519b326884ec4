package dev.vitrine.kernels.probe;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import jcuda.jcublas.JCublas2;

/** cuBLAS' float32 product: right, the same bits again, and how fast, strictly and in TF32. */
final class MatmulSection {
  private static final Section SECTION = Section.MATMUL;

  /** {@code [m, k] x [k, n]}. */
  private record Product(String name, int m, int n, int k) {}

  private static final List<Product> PRODUCTS =
      List.of(
          new Product("odd sizes", 333, 517, 777),
          new Product("square", 4096, 4096, 4096),
          new Product("VGG16 fc1, batch 1", 1, 4096, 25088),
          new Product("VGG16 fc1, batch 32", 32, 4096, 25088));

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
    try (Gpu gpu = new Gpu(settings.device());
        Blas blas = new Blas(gpu)) {
      for (Product product : PRODUCTS) {
        report.check(SECTION, product.name(), () -> measure(gpu, blas, product));
      }
    }
  }

  private void measure(Gpu gpu, Blas blas, Product p) {
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
    for (Blas.Mode mode : Blas.Mode.values()) {
      report.check(
          SECTION,
          p.name() + " " + mode,
          () -> {
            blas.mode(mode);
            Runnable product = () -> blas.multiply(left, right, out, p.m(), p.n(), p.k());
            gpu.poison(out, size);
            product.run();
            int compared = (int) Math.min(size, 1 << 20);
            double error = OutputSample.error(expected, gpu.download(out, offsets));
            float[] first = gpu.download(out, compared);
            gpu.poison(out, size);
            product.run();
            boolean same = Bits.equal(first, gpu.download(out, compared));
            double millis = gpu.medianMillis(product, 20);
            report.line(
                SECTION,
                error <= mode.precision.errorLimit() ? Verdict.OK : Verdict.FAILED,
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

  private static CUdeviceptr upload(Gpu gpu, RandomTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.size())];
    TensorLayout.NCHW.fill(values, tensor);
    return gpu.upload(values, values.length);
  }

  private int[][] places(Product p) {
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
