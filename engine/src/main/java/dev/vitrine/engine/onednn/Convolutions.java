package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.engine.onednn.ConvolutionPlan.Direction;
import dev.vitrine.engine.onednn.ConvolutionPlan.Key;

/** Convolutions and their two transposes. */
final class Convolutions {
  private final Library library;
  private final NativeMemory memory;
  private final Primitives primitives;
  private final Kernels kernels;

  Convolutions(Library library, NativeMemory memory, Primitives primitives, Kernels kernels) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
    this.kernels = kernels;
  }

  void forward(
      Convolution convolution,
      Block x,
      Shape xShape,
      Storage kernel,
      Shape kernelShape,
      Block bias,
      PostOp post,
      Block y) {
    ConvolutionPlan plan =
        plan(new Key(Direction.FORWARD, convolution, xShape, kernelShape, bias != null, post));
    Block weights = kernels.ready(plan, kernel);
    if (bias == null) {
      plan.primitive().run(library, memory, x.pointer(), weights.pointer(), y.pointer());
    } else {
      plan.primitive()
          .run(library, memory, x.pointer(), weights.pointer(), y.pointer(), bias.pointer());
    }
    kernels.done(kernel, weights);
  }

  void backwardData(
      Convolution convolution,
      Block gradY,
      Storage kernel,
      Shape kernelShape,
      Block gradX,
      Shape xShape) {
    Direction direction =
        kernel.frozen && rotates(convolution.window())
            ? Direction.ROTATED
            : Direction.BACKWARD_DATA;
    ConvolutionPlan plan =
        plan(new Key(direction, convolution, xShape, kernelShape, false, PostOp.NONE));
    Block weights = kernels.ready(plan, kernel);
    plan.primitive().run(library, memory, gradY.pointer(), weights.pointer(), gradX.pointer());
    kernels.done(kernel, weights);
  }

  /**
   * Whether the transpose is a forward convolution with the rotated kernel: the stride is 1, and no
   * padding is wider than what the window reaches, for it would become negative.
   */
  static boolean rotates(Window w) {
    return w.strideH() == 1
        && w.strideW() == 1
        && Math.max(w.padTop(), w.padBottom()) < w.spanH()
        && Math.max(w.padLeft(), w.padRight()) < w.spanW();
  }

  void backwardWeights(
      Convolution convolution,
      Block x,
      Shape xShape,
      Block gradY,
      Block gradKernel,
      Shape kernelShape) {
    ConvolutionPlan plan =
        plan(
            new Key(
                Direction.BACKWARD_WEIGHTS, convolution, xShape, kernelShape, false, PostOp.NONE));
    if (plan.packing() == null) {
      plan.primitive().run(library, memory, x.pointer(), gradKernel.pointer(), gradY.pointer());
      return;
    }
    Block packed = memory.take(plan.primitive().bytes(ConvolutionPlan.KERNEL));
    plan.primitive().run(library, memory, x.pointer(), packed.pointer(), gradY.pointer());
    plan.packing().run(library, memory, packed.pointer(), gradKernel.pointer());
    memory.give(packed);
  }

  private ConvolutionPlan plan(Key key) {
    return primitives.get(key, () -> key.make(library));
  }
}
