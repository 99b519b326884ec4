package dev.vitrine.engine.onednn;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Buffer;

/** A handle on a {@link Storage}; several may share one under different shapes. */
final class OneDnnBuffer extends Buffer {
  final Storage storage;
  boolean released;

  OneDnnBuffer(Shape shape, Storage storage) {
    super(shape);
    this.storage = storage;
  }
}
