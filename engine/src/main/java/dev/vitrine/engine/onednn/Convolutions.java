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
  private final Loops loops;
  private final Kernels kernels;
  private final boolean winograd;

  /** {@code winograd} says whether Winograd's form may be used. */
  Convolutions(
      Library library,
      NativeMemory memory,
      Primitives primitives,
      Loops loops,
      Kernels kernels,
      boolean winograd) {
    this.library = library;
    this.memory = memory;
    this.primitives = primitives;
    this.loops = loops;
    this.kernels = kernels;
    this.winograd = winograd;
  }

  /** Returns whether the result is known to hold neither NaN nor negative infinity. */
  boolean forward(
      Convolution convolution,
      Block x,
      Shape xShape,
      Storage kernel,
      Shape kernelShape,
      Block bias,
      PostOp post,
      Block y) {
    if (mayTransform(convolution, kernel)) {
      WinogradPlan.Key key = WinogradPlan.Key.forward(convolution, xShape, kernelShape, post);
      if (key.pays()) {
        return transformed(key, x, kernel, bias, y);
      }
    }
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
    return post == PostOp.RELU;
  }

  void backwardData(
      Convolution convolution,
      Block gradY,
      Storage kernel,
      Shape kernelShape,
      Block gradX,
      Shape xShape) {
    if (mayTransform(convolution, kernel) && rotates(convolution.window())) {
      WinogradPlan.Key key = WinogradPlan.Key.rotated(convolution, xShape, kernelShape);
      if (key.pays()) {
        transformed(key, gradY, kernel, null, gradX);
        return;
      }
    }
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
    return w.strideH() == 1 && w.strideW() == 1 && reaching(w).equals(w);
  }

  /**
   * The window without the padding beyond what it reaches from the image's edge; the same one for
   * strides, which may leave out more than that.
   */
  static Window reaching(Window w) {
    if (w.strideH() != 1 || w.strideW() != 1) {
      return w;
    }
    int rows = w.spanH() - 1;
    int columns = w.spanW() - 1;
    return w.padded(
        Math.min(w.padTop(), rows),
        Math.min(w.padLeft(), columns),
        Math.min(w.padBottom(), rows),
        Math.min(w.padRight(), columns));
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

  /** Whether Winograd's form computes the convolution, and has a kernel that stays. */
  private boolean mayTransform(Convolution convolution, Storage kernel) {
    return winograd && kernel.frozen && hasWinogradForm(convolution);
  }

  /** Whether it is one of 3 by 3 neighbours. */
  static boolean hasWinogradForm(Convolution convolution) {
    Window w = convolution.window();
    return convolution.groups() == 1
        && w.kernelH() == 3
        && w.kernelW() == 3
        && w.spanH() == 3
        && w.spanW() == 3
        && w.strideH() == 1
        && w.strideW() == 1;
  }

  /** The convolution in Winograd's form. */
  private boolean transformed(WinogradPlan.Key key, Block x, Storage kernel, Block bias, Block y) {
    WinogradPlan plan = primitives.get(key);
    return plan.run(library, memory, loops, x, kernels.ready(plan, kernel), bias, y);
  }

  private ConvolutionPlan plan(Key key) {
    return primitives.get(key);
  }
}
