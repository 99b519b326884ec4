package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;

/** Images as their pixels. */
final class PixelImages implements Parameterization {
  private final Scope scope;
  private final PixelSpace space;
  private final Tensor pixels;

  /** With {@code z [n, h, w, 3]} to begin with. */
  PixelImages(Backend backend, PixelSpace space, Shape shape, float[] z) {
    this.scope = new Scope(backend);
    this.space = space;
    this.pixels = scope.of(shape, z).named("image");
  }

  @Override
  public Tensor variable() {
    return pixels;
  }

  @Override
  public PixelSpace space() {
    return space;
  }

  @Override
  public Tensor images(Tape tape, Constants constants) {
    return pixels;
  }

  @Override
  public void close() {
    scope.close();
  }
}
