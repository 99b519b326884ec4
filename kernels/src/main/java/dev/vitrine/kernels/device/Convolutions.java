package dev.vitrine.kernels.device;

import dev.vitrine.engine.backend.BackendException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntUnaryOperator;

/** cuDNN's convolutions: descriptors, algorithm and workspace kept for each call. */
final class Convolutions implements AutoCloseable {
  /** More than the layers of any network in their three directions. */
  private static final int MOST_PLANS = 2000;

  /** Scratch memory that an algorithm may use. */
  private static final long MOST_WORKSPACE = 1L << 30;

  /** Runs that an algorithm's time is taken of. */
  private static final int TIMED_RUNS = 5;

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
      Optional<Integer> kept =
          algorithms
              .find(name(call))
              .filter(
                  k ->
                      k == AlgorithmFile.NONE
                          || convolution.has(call.direction(), k, MOST_WORKSPACE));
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

  /**
   * The fastest deterministic algorithm, by trying; kept for the next process. cuDNN's own search
   * tries the default math too, TF32 that is, where strict float32 is asked for, and JCuda does not
   * say which time is whose. So it only says what may work; the times are taken here.
   */
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
          Address[] at = {new Address(a), new Address(b), new Address(result)};
          Address room = new Address(scratch);
          List<AlgorithmChoice> choices =
              new CudnnAlgorithms(convolution)
                  .search(call.direction(), at[0], at[1], at[2], room, bytes);
          IntUnaryOperator run =
              algorithm ->
                  convolution.run(call.direction(), algorithm, at[0], at[1], at[2], room, bytes);
          found[0] =
              fastest(
                  deterministic(choices),
                  algorithm ->
                      convolution.has(call.direction(), algorithm, bytes)
                          ? nanos(run, algorithm)
                          : Double.POSITIVE_INFINITY);
        });
    if (isWorthKeeping(found[0], bytes)) {
      algorithms.put(name(call), found[0]);
    }
    return found[0];
  }

  /** Whether a search's answer holds tomorrow: a busy card may only lack room for an algorithm. */
  static boolean isWorthKeeping(int algorithm, long workspaceBytes) {
    return algorithm != AlgorithmFile.NONE || workspaceBytes == MOST_WORKSPACE;
  }

  /** The shortest time of some runs, of which the first loads kernels; infinite if cuDNN cannot. */
  private double nanos(IntUnaryOperator run, int algorithm) {
    double shortest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < TIMED_RUNS; i++) {
      long start = System.nanoTime();
      if (run.applyAsInt(algorithm) != 0) {
        return Double.POSITIVE_INFINITY;
      }
      gpu.synchronize();
      shortest = Math.min(shortest, System.nanoTime() - start);
    }
    return shortest;
  }

  /** The algorithms that cuDNN calls deterministic wherever it names them, in order, each once. */
  static List<Integer> deterministic(List<AlgorithmChoice> choices) {
    Set<Integer> all = new LinkedHashSet<>();
    choices.forEach(choice -> all.add(choice.algorithm()));
    choices.stream().filter(c -> !c.deterministic()).forEach(c -> all.remove(c.algorithm()));
    return List.copyOf(all);
  }

  /**
   * The algorithm with the shortest time, the first of equals.
   *
   * @param time infinite for one that does not work
   */
  static int fastest(List<Integer> algorithms, IntToDoubleFunction time) {
    int fastest = AlgorithmFile.NONE;
    double shortest = Double.POSITIVE_INFINITY;
    for (int algorithm : algorithms) {
      double taken = time.applyAsDouble(algorithm);
      if (taken < shortest) {
        fastest = algorithm;
        shortest = taken;
      }
    }
    return fastest;
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
