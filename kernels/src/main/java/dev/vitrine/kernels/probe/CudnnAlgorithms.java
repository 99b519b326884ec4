package dev.vitrine.kernels.probe;

import static jcuda.jcudnn.JCudnn.*;

import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jcuda.jcudnn.cudnnConvolutionBwdDataAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionBwdFilterAlgoPerf;
import jcuda.jcudnn.cudnnConvolutionDescriptor;
import jcuda.jcudnn.cudnnConvolutionFwdAlgoPerf;
import jcuda.jcudnn.cudnnDeterminism;
import jcuda.jcudnn.cudnnFilterDescriptor;
import jcuda.jcudnn.cudnnHandle;
import jcuda.jcudnn.cudnnTensorDescriptor;

/**
 * The algorithms that cuDNN offers for a convolution, by its heuristic or by trying them. The field
 * {@code mathType} of what cuDNN returns is not read: JCuda's natives fill it for the weights'
 * gradient only.
 */
final class CudnnAlgorithms {
  /** Room for each algorithm with and without tensor cores. */
  private static final int MOST = 16;

  private final cudnnHandle handle;
  private final cudnnTensorDescriptor x;
  private final cudnnFilterDescriptor w;
  private final cudnnTensorDescriptor y;
  private final cudnnConvolutionDescriptor convolution;

  CudnnAlgorithms(CudnnConvolution of) {
    handle = of.handle();
    x = of.inputShape();
    w = of.weightShape();
    y = of.outputShape();
    convolution = of.descriptor();
  }

  /** What the heuristic offers, best first, without trying. */
  List<AlgorithmChoice> heuristic(Direction direction) {
    int[] count = new int[1];
    return switch (direction) {
      case FORWARD -> {
        var found = new cudnnConvolutionFwdAlgoPerf[MOST];
        Cudnn.check(
            cudnnGetConvolutionForwardAlgorithm_v7(
                handle, x, w, convolution, y, MOST, count, found),
            "cudnnGetConvolutionForwardAlgorithm_v7");
        yield choices(count, i -> forward(found[i]));
      }
      case DATA -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        Cudnn.check(
            cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle, w, y, convolution, x, MOST, count, found),
            "cudnnGetConvolutionBackwardDataAlgorithm_v7");
        yield choices(count, i -> data(found[i]));
      }
      case WEIGHTS -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        Cudnn.check(
            cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                handle, x, y, convolution, w, MOST, count, found),
            "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
        yield choices(count, i -> weights(found[i]));
      }
    };
  }

  /** What cuDNN finds fastest by running all algorithms that this workspace is enough for. */
  List<AlgorithmChoice> search(Direction direction, ConvolutionBuffers b) {
    int[] count = new int[1];
    return switch (direction) {
      case FORWARD -> {
        var found = new cudnnConvolutionFwdAlgoPerf[MOST];
        Cudnn.check(
            cudnnFindConvolutionForwardAlgorithmEx(
                handle,
                x,
                b.x(),
                w,
                b.w(),
                convolution,
                y,
                b.out(),
                MOST,
                count,
                found,
                b.workspace(),
                b.workspaceBytes()),
            "cudnnFindConvolutionForwardAlgorithmEx");
        yield choices(count, i -> forward(found[i]));
      }
      case DATA -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        Cudnn.check(
            cudnnFindConvolutionBackwardDataAlgorithmEx(
                handle,
                w,
                b.w(),
                y,
                b.dy(),
                convolution,
                x,
                b.out(),
                MOST,
                count,
                found,
                b.workspace(),
                b.workspaceBytes()),
            "cudnnFindConvolutionBackwardDataAlgorithmEx");
        yield choices(count, i -> data(found[i]));
      }
      case WEIGHTS -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        Cudnn.check(
            cudnnFindConvolutionBackwardFilterAlgorithmEx(
                handle,
                x,
                b.x(),
                y,
                b.dy(),
                convolution,
                w,
                b.out(),
                MOST,
                count,
                found,
                b.workspace(),
                b.workspaceBytes()),
            "cudnnFindConvolutionBackwardFilterAlgorithmEx");
        yield choices(count, i -> weights(found[i]));
      }
    };
  }

  private static List<AlgorithmChoice> choices(int[] count, IntFunction<AlgorithmChoice> choice) {
    return IntStream.range(0, count[0]).mapToObj(choice).filter(Objects::nonNull).toList();
  }

  private static AlgorithmChoice forward(cudnnConvolutionFwdAlgoPerf p) {
    return choice(p.algo, p.status, p.determinism, p.memory, p.time);
  }

  private static AlgorithmChoice data(cudnnConvolutionBwdDataAlgoPerf p) {
    return choice(p.algo, p.status, p.determinism, p.memory, p.time);
  }

  private static AlgorithmChoice weights(cudnnConvolutionBwdFilterAlgoPerf p) {
    return choice(p.algo, p.status, p.determinism, p.memory, p.time);
  }

  /** Null for an algorithm that cuDNN says does not work here. */
  private static AlgorithmChoice choice(
      int algorithm, int status, int determinism, long memory, double millis) {
    return status != 0
        ? null
        : new AlgorithmChoice(
            algorithm, determinism == cudnnDeterminism.CUDNN_DETERMINISTIC, memory, millis);
  }
}
