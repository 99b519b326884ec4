package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.ConvolutionCall.Direction;
import dev.vitrine.kernels.device.Order;
import java.util.function.Predicate;

/**
 * Convolutions by the card's library: in the order in which images lie, else in the other one, else
 * by our own kernel. The library knows only padding that is the same on opposite sides; what is
 * more on one side is put around a copy of the image.
 */
final class CudaConvolutions {
  private final CudaMemory memory;
  private final Moves moves;
  private final DirectConvolution direct;

  CudaConvolutions(CudaMemory memory, Moves moves, DirectConvolution direct) {
    this.memory = memory;
    this.moves = moves;
    this.direct = direct;
  }

  void forward(Convolution c, CudaBuffer x, CudaBuffer kernel, CudaBuffer y) {
    if (!inAnyOrder(order -> forward(c, order, x, kernel, y))) {
      direct.forward(c, x, kernel, y);
    }
  }

  private boolean forward(
      Convolution c, Order order, CudaBuffer x, CudaBuffer kernel, CudaBuffer y) {
    Surplus surplus = Surplus.of(c.window());
    Shape around = surplus.around(x.shape());
    try (Loans loans = new Loans(memory, moves)) {
      CudaBuffer from = loans.lying(x, order);
      if (!surplus.none()) {
        from = loans.room(around, order);
        moves.pad(x, surplus.before(), 0, from);
      }
      CudaBuffer to = loans.room(y, order);
      ConvolutionCall call =
          surplus.call(Direction.FORWARD, c, around, kernel.shape(), y.shape(), order);
      return memory.convolve(call, from, packed(kernel, call.kernels(), loans), to) && moved(to, y);
    }
  }

  void backwardData(Convolution c, CudaBuffer gradY, CudaBuffer kernel, CudaBuffer gradX) {
    if (!inAnyOrder(order -> backwardData(c, order, gradY, kernel, gradX))) {
      direct.backwardData(c, gradY, kernel, gradX);
    }
  }

  private boolean backwardData(
      Convolution c, Order order, CudaBuffer gradY, CudaBuffer kernel, CudaBuffer gradX) {
    Surplus surplus = Surplus.of(c.window());
    Shape around = surplus.around(gradX.shape());
    try (Loans loans = new Loans(memory, moves)) {
      CudaBuffer to = surplus.none() ? loans.room(gradX, order) : loans.room(around, order);
      ConvolutionCall call =
          surplus.call(Direction.BACKWARD_DATA, c, around, kernel.shape(), gradY.shape(), order);
      CudaBuffer from = loans.lying(gradY, order);
      if (!memory.convolve(call, from, packed(kernel, call.kernels(), loans), to)) {
        return false;
      }
      if (!surplus.none()) {
        moves.slice(to, surplus.before(), gradX);
        return true;
      }
      return moved(to, gradX);
    }
  }

  void backwardWeights(Convolution c, CudaBuffer x, CudaBuffer gradY, CudaBuffer gradKernel) {
    if (!inAnyOrder(order -> backwardWeights(c, order, x, gradY, gradKernel))) {
      direct.backwardWeights(c, x, gradY, gradKernel);
    }
  }

  private boolean backwardWeights(
      Convolution c, Order order, CudaBuffer x, CudaBuffer gradY, CudaBuffer gradKernel) {
    Surplus surplus = Surplus.of(c.window());
    Shape around = surplus.around(x.shape());
    try (Loans loans = new Loans(memory, moves)) {
      CudaBuffer from = loans.lying(x, order);
      if (!surplus.none()) {
        from = loans.room(around, order);
        moves.pad(x, surplus.before(), 0, from);
      }
      ConvolutionCall call =
          surplus.call(
              Direction.BACKWARD_WEIGHTS, c, around, gradKernel.shape(), gradY.shape(), order);
      CudaBuffer to = loans.room(gradKernel, call.kernels());
      return memory.convolve(call, from, loans.lying(gradY, order), to) && moved(to, gradKernel);
    }
  }

  /** A try that answers whether the library could, in the images' own order first. */
  private boolean inAnyOrder(Predicate<Order> attempt) {
    Order other = memory.images == Order.PLAIN ? Order.CHANNELS_FIRST : Order.PLAIN;
    return attempt.test(memory.images) || attempt.test(other);
  }

  /**
   * A kernel in the library's order. One that is frozen stays so from then on; our own kernel and
   * downloads read it as it lies.
   */
  private CudaBuffer packed(CudaBuffer kernel, Order order, Loans loans) {
    boolean own = order == ConvolutionCall.kernels(memory.images);
    if (own && kernel.storage.frozen && !kernel.storage.reshaped) {
      memory.reorder(kernel.storage, order);
    }
    return loans.lying(kernel, order);
  }

  private boolean moved(CudaBuffer from, CudaBuffer to) {
    if (from != to) {
      moves.copy(from, to);
    }
    return true;
  }

  /** Padding that a window has on one side more than on the other. */
  private record Surplus(int padH, int padW, int top, int left, int bottom, int right) {

    static Surplus of(Window w) {
      int h = Math.min(w.padTop(), w.padBottom());
      int v = Math.min(w.padLeft(), w.padRight());
      return new Surplus(
          h, v, w.padTop() - h, w.padLeft() - v, w.padBottom() - h, w.padRight() - v);
    }

    boolean none() {
      return top + left + bottom + right == 0;
    }

    Shape around(Shape x) {
      return x.with(1, x.dim(1) + top + bottom).with(2, x.dim(2) + left + right);
    }

    int[] before() {
      return new int[] {0, top, left, 0};
    }

    ConvolutionCall call(
        Direction direction, Convolution c, Shape x, Shape kernel, Shape y, Order images) {
      Window w = c.window();
      return new ConvolutionCall(
          direction,
          x,
          kernel,
          y,
          padH,
          padW,
          w.strideH(),
          w.strideW(),
          w.dilationH(),
          w.dilationW(),
          c.groups(),
          images,
          ConvolutionCall.kernels(images));
    }
  }
}
