package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;

/** How images are written down in the numbers that an optimizer moves. Closing frees them. */
interface Parameterization extends AutoCloseable {

  /** The numbers, {@code [n, ...]}. */
  Tensor variable();

  /** The units of {@link #images}. */
  PixelSpace space();

  /** The images {@code [n, h, w, 3]}, on the tape. */
  Tensor images(Tape tape, Constants constants);

  @Override
  void close();
}
