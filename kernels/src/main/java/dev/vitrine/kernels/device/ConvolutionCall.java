package dev.vitrine.kernels.device;

import dev.vitrine.engine.Shape;

/**
 * A convolution as a card's library is asked for it. Padding is the same at the top and the bottom,
 * and at the left and the right. Shapes are logical: {@code x} and {@code y} are NHWC, the kernel
 * is {@code [kh, kw, in / groups, out]}; {@code images} and {@code kernels} say how they lie.
 *
 * @param images how {@code x} and {@code y} lie: {@link Order#PLAIN} or {@link
 *     Order#CHANNELS_FIRST}
 * @param kernels how the kernel lies: {@link Order#OUTPUTS_FIRST} or {@link
 *     Order#OUTPUTS_INPUTS_FIRST}
 */
public record ConvolutionCall(
    Direction direction,
    Shape x,
    Shape kernel,
    Shape y,
    int padH,
    int padW,
    int strideH,
    int strideW,
    int dilationH,
    int dilationW,
    int groups,
    Order images,
    Order kernels) {

  /** What is computed from what. */
  public enum Direction {
    /** {@code y} from {@code x} and the kernel. */
    FORWARD,
    /** {@code gradX} from {@code gradY} and the kernel. */
    BACKWARD_DATA,
    /** {@code gradKernel} from {@code x} and {@code gradY}. */
    BACKWARD_WEIGHTS
  }

  /** How kernels lie where images lie in an order. */
  public static Order kernels(Order images) {
    return images == Order.PLAIN ? Order.OUTPUTS_FIRST : Order.OUTPUTS_INPUTS_FIRST;
  }
}
