package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnConvolutionFwdAlgo;

/**
 * cuDNN's convolution, bias and ReLU in one call: which algorithms it takes, whether it is right,
 * and its time against the three calls one by one with the same algorithm.
 */
final class FusedSection {
  private static final Section SECTION = Section.FUSED;
  private static final int ALGORITHMS = cudnnConvolutionFwdAlgo.CUDNN_CONVOLUTION_FWD_ALGO_COUNT;

  private final ProbeSettings settings;
  private final Report report;
  private final Deadline deadline;

  FusedSection(ProbeSettings settings, Report report, Deadline deadline) {
    this.settings = settings;
    this.report = report;
    this.deadline = deadline;
  }

  void run() {
    JCudnn.initialize();
    try (ProbeCard gpu = new ProbeCard(settings.device());
        CudnnOperations cudnn = new CudnnOperations(gpu)) {
      for (int batch : settings.batches()) {
        for (Precision precision : settings.precisions()) {
          for (TensorLayout layout : settings.layouts()) {
            sweep(gpu, cudnn, batch, layout, precision);
          }
        }
      }
    }
  }

  private void sweep(
      ProbeCard gpu, CudnnOperations cudnn, int batch, TensorLayout layout, Precision precision) {
    VggSums sums = new VggSums("fused", batch, layout, precision, settings.layers().size());
    Map<ConvolutionShape, String> measured = new LinkedHashMap<>();
    for (Vgg16.Layer layer : settings.layers()) {
      ConvolutionShape shape = layer.shape().withBatch(batch);
      String subject =
          "%s batch %d %s %s".formatted(layer.name(), batch, layout.label(), precision.label());
      String twin = measured.putIfAbsent(shape, layer.name());
      if (twin != null) {
        sums.repeat(twin, layer.name());
      } else if (deadline.passed()) {
        report.line(SECTION, Verdict.SKIPPED, "%s: the section's time is spent", subject);
      } else {
        report.check(
            SECTION,
            subject,
            () -> measure(gpu, cudnn, layer.name(), shape, layout, precision, subject, sums));
      }
    }
    sums.rows(Direction.FORWARD).forEach(r -> report.line(SECTION, Verdict.SUM, r.text()));
  }

  private void measure(
      ProbeCard gpu,
      CudnnOperations cudnn,
      String name,
      ConvolutionShape shape,
      TensorLayout layout,
      Precision precision,
      String subject,
      VggSums sums) {
    long seed = settings.seed() + 20;
    RandomTensor bias = new RandomTensor(seed + 3, 1, shape.filters(), 1, 1, 0.5f);
    ConvolutionWitness witness = ConvolutionBuffers.witness(shape, seed);
    OutputSample sample =
        OutputSample.ofReluWithBias(shape, layout, witness, bias, settings.samples(), seed);
    try (ProbeConvolution convolution = new ProbeConvolution(cudnn, shape, layout, precision);
        ConvolutionBuffers buffers =
            ConvolutionBuffers.of(gpu, shape, layout, seed, settings.workspaceBytes())) {
      float[] values = new float[shape.filters()];
      TensorLayout.NCHW.fill(values, bias);
      CUdeviceptr biases = gpu.upload(values, values.length);
      List<String> refused = new ArrayList<>();
      Fastest fused =
          fastest(
              gpu,
              a -> trial(convolution, buffers, a, w -> convolution.runFused(a, buffers, biases, w)),
              refused);
      if (fused == null) {
        throw new BackendException("no algorithm takes it: " + String.join(", ", refused));
      }
      Fastest apart =
          fastest(
              gpu,
              a ->
                  trial(
                      convolution,
                      buffers,
                      a,
                      w -> {
                        convolution.run(Direction.FORWARD, a, buffers, w);
                        cudnn.addBias(
                            convolution.biasShape(),
                            biases,
                            convolution.outputShape(),
                            buffers.out());
                        cudnn.relu(convolution.outputShape(), buffers.out(), buffers.out());
                      }),
              new ArrayList<>());
      gpu.poison(buffers.out(), shape.outputSize());
      fused.work().run();
      double error = sample.error(gpu.download(buffers.out(), sample.offsets()));
      gpu.free(biases);
      sums.add("fused", Direction.FORWARD, name, fused.millis());
      if (apart != null) {
        sums.add("three-calls", Direction.FORWARD, name, apart.millis());
      }
      report.line(
          SECTION,
          error <= precision.errorLimit() ? Verdict.OK : Verdict.FAILED,
          "%s: %s %.4f ms, error %.1e; three calls %s; refused by %s",
          subject,
          ProbeConvolution.algorithmName(Direction.FORWARD, fused.algorithm()),
          fused.millis(),
          error,
          apart == null
              ? "fail"
              : "%s %.4f ms"
                  .formatted(
                      ProbeConvolution.algorithmName(Direction.FORWARD, apart.algorithm()),
                      apart.millis()),
          refused.isEmpty() ? "none" : String.join(", ", refused));
    }
  }

  private record Fastest(int algorithm, double millis, Runnable work) {}

  /** What runs with a workspace of so many bytes. */
  private interface Work {
    void run(long workspace);
  }

  /** The work with an algorithm's workspace, or nothing where that is too large. */
  private static Optional<Runnable> trial(
      ProbeConvolution convolution, ConvolutionBuffers buffers, int algorithm, Work work) {
    long workspace = convolution.workspace(Direction.FORWARD, algorithm);
    return workspace > buffers.workspaceBytes()
        ? Optional.empty()
        : Optional.of(() -> work.run(workspace));
  }

  /** Tries every algorithm and keeps the fastest; null when none works. */
  private static Fastest fastest(
      ProbeCard gpu, IntFunction<Optional<Runnable>> trials, List<String> refused) {
    return IntStream.range(0, ALGORITHMS)
        .mapToObj(
            a -> {
              try {
                Optional<Runnable> work = trials.apply(a);
                if (work.isEmpty()) {
                  refused.add(shortName(a) + " (workspace)");
                  return null;
                }
                return new Fastest(a, gpu.medianMillis(work.get(), 1), work.get());
              } catch (BackendException e) {
                refused.add(shortName(a));
                return null;
              }
            })
        .filter(f -> f != null)
        .min((p, q) -> Double.compare(p.millis(), q.millis()))
        .orElse(null);
  }

  private static String shortName(int algorithm) {
    return ProbeConvolution.algorithmName(Direction.FORWARD, algorithm).replaceFirst("ALGO_", "");
  }
}
