package dev.vitrine.kernels.device;

import static jcuda.jcudnn.JCudnn.*;

import dev.vitrine.kernels.device.ConvolutionCall.Direction;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jcuda.driver.CUdeviceptr;
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
public final class CudnnAlgorithms {
  /** Room for each algorithm with and without tensor cores. */
  private static final int MOST = 16;

  private final cudnnHandle handle;
  private final cudnnTensorDescriptor x;
  private final cudnnFilterDescriptor w;
  private final cudnnTensorDescriptor y;
  private final cudnnConvolutionDescriptor convolution;

  public CudnnAlgorithms(CudnnConvolution of) {
    handle = of.cudnn().handle();
    x = of.inputShape();
    w = of.kernelShape();
    y = of.outputShape();
    convolution = of.descriptor();
  }

  /** What the heuristic offers, best first, without trying. */
  public List<AlgorithmChoice> heuristic(Direction direction) {
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
      case BACKWARD_DATA -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        Cudnn.check(
            cudnnGetConvolutionBackwardDataAlgorithm_v7(
                handle, w, y, convolution, x, MOST, count, found),
            "cudnnGetConvolutionBackwardDataAlgorithm_v7");
        yield choices(count, i -> data(found[i]));
      }
      case BACKWARD_WEIGHTS -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        Cudnn.check(
            cudnnGetConvolutionBackwardFilterAlgorithm_v7(
                handle, x, y, convolution, w, MOST, count, found),
            "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
        yield choices(count, i -> weights(found[i]));
      }
    };
  }

  /**
   * The algorithms that run in this workspace, fastest first, by trying them. The operands are
   * those of {@link Device#convolve}; the result is overwritten. Empty where cuDNN supports none.
   */
  public List<AlgorithmChoice> search(
      Direction direction,
      CUdeviceptr a,
      CUdeviceptr b,
      CUdeviceptr result,
      CUdeviceptr workspace,
      long workspaceBytes) {
    int[] count = new int[1];
    return switch (direction) {
      case FORWARD -> {
        var found = new cudnnConvolutionFwdAlgoPerf[MOST];
        supported(
            cudnnFindConvolutionForwardAlgorithmEx(
                handle,
                x,
                a,
                w,
                b,
                convolution,
                y,
                result,
                MOST,
                count,
                found,
                workspace,
                workspaceBytes),
            "cudnnFindConvolutionForwardAlgorithmEx");
        yield choices(count, i -> forward(found[i]));
      }
      case BACKWARD_DATA -> {
        var found = new cudnnConvolutionBwdDataAlgoPerf[MOST];
        supported(
            cudnnFindConvolutionBackwardDataAlgorithmEx(
                handle,
                w,
                b,
                y,
                a,
                convolution,
                x,
                result,
                MOST,
                count,
                found,
                workspace,
                workspaceBytes),
            "cudnnFindConvolutionBackwardDataAlgorithmEx");
        yield choices(count, i -> data(found[i]));
      }
      case BACKWARD_WEIGHTS -> {
        var found = new cudnnConvolutionBwdFilterAlgoPerf[MOST];
        supported(
            cudnnFindConvolutionBackwardFilterAlgorithmEx(
                handle,
                x,
                a,
                y,
                b,
                convolution,
                w,
                result,
                MOST,
                count,
                found,
                workspace,
                workspaceBytes),
            "cudnnFindConvolutionBackwardFilterAlgorithmEx");
        yield choices(count, i -> weights(found[i]));
      }
    };
  }

  /** Checks an answer; that there is no algorithm is one, and leaves the count at 0. */
  private static void supported(int status, String call) {
    if (!Cudnn.isUnsupported(status)) {
      Cudnn.check(status, call);
    }
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
