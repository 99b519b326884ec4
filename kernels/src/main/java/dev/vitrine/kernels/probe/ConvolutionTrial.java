package dev.vitrine.kernels.probe;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.AlgorithmChoice;
import java.util.Locale;

/** Runs one direction of a convolution with an algorithm: right, the same again, how fast. */
final class ConvolutionTrial {
  /** Outputs compared bit by bit between two runs: all of a weights' gradient. */
  private static final long COMPARED = 1L << 22;

  private static final double ROUND_MILLIS = 4;

  private final ProbeCard gpu;
  private final ProbeConvolution convolution;
  private final Direction direction;
  private final ConvolutionBuffers buffers;
  private final ConvolutionShape shape;
  private final OutputSample sample;

  ConvolutionTrial(
      ProbeCard gpu,
      ProbeConvolution convolution,
      Direction direction,
      ConvolutionBuffers buffers,
      ConvolutionShape shape,
      OutputSample sample) {
    this.gpu = gpu;
    this.convolution = convolution;
    this.direction = direction;
    this.buffers = buffers;
    this.shape = shape;
    this.sample = sample;
  }

  /** What a run showed; {@code error} is relative to the outputs' root mean square. */
  record Outcome(
      Direction direction,
      int algorithm,
      double millis,
      double teraflops,
      long workspace,
      double error,
      boolean sameBits) {

    String text(AlgorithmChoice choice) {
      return String.format(
          Locale.ROOT,
          "%s %.4f ms, %.1f TFLOP/s, %.1f MB, %s, %s, error %.1e",
          ProbeConvolution.algorithmName(direction, algorithm),
          millis,
          teraflops,
          workspace / 1048576.0,
          choice.deterministic() ? "deterministic" : "not deterministic",
          sameBits ? "same bits again" : "OTHER BITS AGAIN",
          error);
    }
  }

  Outcome run(int algorithm) {
    long workspace = convolution.workspace(direction, algorithm);
    if (workspace > buffers.workspaceBytes()) {
      throw new BackendException(
          "%s wants %,d bytes of workspace, %,d are allowed"
              .formatted(
                  ProbeConvolution.algorithmName(direction, algorithm),
                  workspace,
                  buffers.workspaceBytes()));
    }
    long size = direction.outputSize(shape);
    int compared = (int) Math.min(size, COMPARED);
    Runnable once = () -> convolution.run(direction, algorithm, buffers, workspace);
    gpu.poison(buffers.out(), size);
    once.run();
    double error = sample.error(gpu.download(buffers.out(), sample.offsets()));
    float[] first = gpu.download(buffers.out(), compared);
    gpu.poison(buffers.out(), size);
    once.run();
    boolean same = Bits.equal(first, gpu.download(buffers.out(), compared));
    double millis = gpu.medianMillis(once, ROUND_MILLIS);
    return new Outcome(
        direction, algorithm, millis, shape.flops() / millis / 1e9, workspace, error, same);
  }
}
