package dev.vitrine.kernels.probe;

import static jcuda.driver.JCudaDriver.cuGraphDestroy;
import static jcuda.driver.JCudaDriver.cuGraphExecDestroy;
import static jcuda.driver.JCudaDriver.cuGraphInstantiate;
import static jcuda.driver.JCudaDriver.cuGraphLaunch;
import static jcuda.driver.JCudaDriver.cuStreamBeginCapture;
import static jcuda.driver.JCudaDriver.cuStreamEndCapture;

import dev.vitrine.kernels.device.Gpu;
import dev.vitrine.kernels.device.KernelSource;
import java.util.List;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.jcudnn.JCudnn;

/**
 * A CUDA graph, captured through the driver's API, of convolution, hand-written ReLU and pooling:
 * whether its replay has the same bits, on another input too, and what a launch costs either way.
 */
final class GraphSection {
  private static final Section SECTION = Section.GRAPH;
  private static final int LAUNCHES = 50;

  private final ProbeSettings settings;
  private final Report report;
  private final Deadline deadline;

  GraphSection(ProbeSettings settings, Report report, Deadline deadline) {
    this.settings = settings;
    this.report = report;
    this.deadline = deadline;
  }

  void run() {
    JCudnn.initialize();
    KernelSource source = KernelSource.of("relu.cu");
    try (ProbeCard gpu = new ProbeCard(settings.device());
        CudnnOperations cudnn = new CudnnOperations(gpu)) {
      CUfunction relu =
          Gpu.function(
              source.compile(KernelSource.architecture(gpu.gpu().computeCapability())).load(),
              "relu_forward");
      for (Precision precision : settings.precisions()) {
        for (TensorLayout layout : settings.layouts()) {
          chain(gpu, cudnn, relu, "block5_conv3", layout, precision, Vgg16.LAYERS.subList(12, 13));
          chain(gpu, cudnn, relu, "VGG16's convolutions", layout, precision, Vgg16.LAYERS);
        }
      }
    }
  }

  private void chain(
      ProbeCard gpu,
      CudnnOperations cudnn,
      CUfunction relu,
      String name,
      TensorLayout layout,
      Precision precision,
      List<Vgg16.Layer> layers) {
    String subject = "%s batch 1 %s %s".formatted(name, layout.label(), precision.label());
    if (deadline.passed()) {
      report.line(SECTION, Verdict.SKIPPED, "%s: the section's time is spent", subject);
      return;
    }
    report.check(
        SECTION,
        subject,
        () -> {
          try (ConvolutionChain chain =
              new ConvolutionChain(gpu, cudnn, relu, layers, layout, precision, settings)) {
            measure(gpu, chain, subject);
          }
        });
  }

  private void measure(ProbeCard gpu, ConvolutionChain chain, String subject) {
    long seed = settings.seed() + 40;
    chain.newInput(seed);
    float[] first = eager(chain); // also loads every kernel, which a capture must not do
    CUgraph graph = new CUgraph();
    CUgraphExec replay = new CUgraphExec();
    Gpu.check(
        cuStreamBeginCapture(gpu.stream(), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
    try {
      chain.enqueue();
    } finally {
      // Ends the capture in any case: a stream left capturing takes no other work.
      Gpu.check(cuStreamEndCapture(gpu.stream(), graph), "cuStreamEndCapture");
    }
    try {
      Gpu.check(cuGraphInstantiate(replay, graph, 0), "cuGraphInstantiate");
      Runnable launch = () -> Gpu.check(cuGraphLaunch(replay, gpu.stream()), "cuGraphLaunch");
      boolean same = Bits.equal(first, replayed(chain, launch));
      chain.newInput(seed + 1);
      float[] second = eager(chain);
      boolean sameAgain = Bits.equal(second, replayed(chain, launch));
      boolean alive = !Bits.equal(first, second) && finite(second);
      double eager = gpu.millis(chain::enqueue, LAUNCHES) / LAUNCHES;
      double eagerHost = hostMillis(gpu, chain::enqueue);
      double graphed = gpu.millis(launch, LAUNCHES) / LAUNCHES;
      double graphedHost = hostMillis(gpu, launch);
      report.line(
          SECTION,
          same && sameAgain && alive ? Verdict.OK : Verdict.FAILED,
          "%s: %d launches %.4f ms (host %.4f), as a graph %.4f ms (host %.4f); replay %s, on"
              + " another input %s%s",
          subject,
          chain.steps(),
          eager,
          eagerHost,
          graphed,
          graphedHost,
          same ? "bit for bit equal" : "DIFFERS",
          sameAgain ? "bit for bit equal" : "DIFFERS",
          alive ? "" : "; THE OUTPUT DOES NOT DEPEND ON THE INPUT OR IS NOT FINITE");
    } finally {
      cuGraphExecDestroy(replay);
      cuGraphDestroy(graph);
    }
  }

  private static float[] eager(ConvolutionChain chain) {
    chain.poisonOutput();
    chain.enqueue();
    return chain.output();
  }

  private static float[] replayed(ConvolutionChain chain, Runnable launch) {
    chain.poisonOutput();
    launch.run();
    return chain.output();
  }

  private static boolean finite(float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** What handing the work to the driver costs the host, without waiting for the card. */
  private static double hostMillis(ProbeCard gpu, Runnable work) {
    gpu.synchronize();
    long begin = System.nanoTime();
    for (int i = 0; i < LAUNCHES; i++) {
      work.run();
    }
    double millis = (System.nanoTime() - begin) / 1e6 / LAUNCHES;
    gpu.synchronize();
    return millis;
  }
}
