package dev.vitrine.kernels.device;

import dev.vitrine.engine.backend.BackendException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** cuDNN's convolutions: descriptors, algorithm and workspace kept for each call. */
final class Convolutions implements AutoCloseable {
  /** More than the layers of any network in their three directions. */
  private static final int MOST_PLANS = 2000;

  /** Scratch memory that an algorithm may use. */
  private static final long MOST_WORKSPACE = 1L << 30;

  private record Plan(CudnnConvolution convolution, int algorithm, long workspace) {}

  private final Gpu gpu;
  private final Cudnn cudnn;
  private final boolean tf32;
  private final AlgorithmFile algorithms;
  private final Map<ConvolutionCall, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);

  Convolutions(Gpu gpu, boolean tf32, AlgorithmFile algorithms) {
    this.gpu = gpu;
    this.cudnn = new Cudnn(gpu);
    this.tf32 = tf32;
    this.algorithms = algorithms;
  }

  /**
   * See {@link Device#convolve}.
   *
   * @param recording whether calls are being written down, so that nothing can be tried out
   */
  boolean convolve(
      ConvolutionCall call,
      long a,
      long b,
      long result,
      Device.Workspace workspace,
      boolean recording) {
    Plan plan = plans.get(call);
    if (plan == null) {
      if (recording) {
        throw new IllegalStateException(
            "convolution "
                + name(call)
                + " has not run yet, so its algorithm cannot be tried while a step is recorded;"
                + " run the step once before");
      }
      plan = plan(call, a, b, result, workspace);
      plans.put(call, plan);
      forgetEldest();
    }
    Plan p = plan;
    if (p.algorithm() == AlgorithmFile.NONE) {
      return false;
    }
    workspace.lend(
        p.workspace(),
        scratch ->
            Cudnn.check(
                p.convolution()
                    .run(
                        call.direction(),
                        p.algorithm(),
                        new Address(a),
                        new Address(b),
                        new Address(result),
                        new Address(scratch),
                        p.workspace()),
                "convolution " + name(call) + " with algorithm " + p.algorithm()));
    return true;
  }

  private Plan plan(ConvolutionCall call, long a, long b, long result, Device.Workspace workspace) {
    CudnnConvolution convolution = new CudnnConvolution(cudnn, call, tf32);
    try {
      Optional<Integer> kept = algorithms.find(name(call));
      int algorithm =
          kept.isPresent() ? kept.get() : search(convolution, call, a, b, result, workspace);
      if (algorithm != AlgorithmFile.NONE) {
        return new Plan(convolution, algorithm, convolution.workspace(call.direction(), algorithm));
      }
      convolution.close();
      return new Plan(null, AlgorithmFile.NONE, 0);
    } catch (BackendException e) {
      convolution.close();
      throw e;
    }
  }

  /** The fastest deterministic algorithm, by trying; kept for the next process. */
  private int search(
      CudnnConvolution convolution,
      ConvolutionCall call,
      long a,
      long b,
      long result,
      Device.Workspace workspace) {
    int[] found = {AlgorithmFile.NONE};
    long bytes = Math.min(MOST_WORKSPACE, gpu.freeBytes() / 4);
    workspace.lend(
        bytes,
        scratch -> {
          List<AlgorithmChoice> choices =
              new CudnnAlgorithms(convolution)
                  .search(
                      call.direction(),
                      new Address(a),
                      new Address(b),
                      new Address(result),
                      new Address(scratch),
                      bytes);
          found[0] = fastest(choices, bytes);
        });
    algorithms.put(name(call), found[0]);
    return found[0];
  }

  /** The first of those that are deterministic and run in a workspace; the list is in order. */
  static int fastest(List<AlgorithmChoice> choices, long workspace) {
    return choices.stream()
        .filter(c -> c.deterministic() && c.workspace() <= workspace)
        .mapToInt(AlgorithmChoice::algorithm)
        .findFirst()
        .orElse(AlgorithmFile.NONE);
  }

  /** A call in one line, as the file of algorithms and messages name it. */
  static String name(ConvolutionCall c) {
    return "%s x %s kernel %s y %s pad %d,%d stride %d,%d dilation %d,%d groups %d %s"
        .formatted(
            c.direction(),
            c.x(),
            c.kernel(),
            c.y(),
            c.padH(),
            c.padW(),
            c.strideH(),
            c.strideW(),
            c.dilationH(),
            c.dilationW(),
            c.groups(),
            c.images());
  }

  private void forgetEldest() {
    if (plans.size() > MOST_PLANS) {
      Map.Entry<ConvolutionCall, Plan> eldest = plans.entrySet().iterator().next();
      plans.remove(eldest.getKey());
      close(eldest.getValue());
    }
  }

  private static void close(Plan plan) {
    if (plan.convolution() != null) {
      plan.convolution().close();
    }
  }

  @Override
  public void close() {
    plans.values().forEach(Convolutions::close);
    plans.clear();
    cudnn.close();
  }
}
