package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Op;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Run;

/** What a {@link Goal} sees in one step: images, and what a network made of them. */
public final class Scene {
  private final Tape tape;
  private final Tensor image;
  private final PixelSpace space;
  private final Run run;
  private final Constants constants;

  Scene(Tape tape, Tensor image, PixelSpace space, Run run, Constants constants) {
    this.tape = tape;
    this.image = image;
    this.space = space;
    this.run = run;
    this.constants = constants;
  }

  /** The images before they were transformed, {@code [n, h, w, 3]}, RGB, 0 black and 1 white. */
  public Tensor colors() {
    return space.toColors(tape, constants, image);
  }

  /** A layer's output for the images as transformed, {@code [n, h, w, c]} or {@code [n, c]}. */
  public Tensor output(String layer) {
    return run.output(layer);
  }

  /** Runs an operation so that gradients flow through it. */
  public Tensor apply(Op op, Tensor... inputs) {
    return tape.apply(op, inputs);
  }

  /**
   * Numbers that stay the same in all steps.
   *
   * @param owner whose they are; what one asked for once it gets again
   */
  public Tensor constant(Object owner, Shape shape, double... values) {
    return constants.of(owner, shape, () -> values);
  }
}
