package dev.vitrine.engine.backend;

import dev.vitrine.engine.Shape;

/**
 * A piece of a backend's memory that holds one array. What it is and how the elements lie in it is
 * known to its backend alone; everybody else sees the logical shape.
 */
public abstract class Buffer {
  private final Shape shape;

  protected Buffer(Shape shape) {
    this.shape = shape;
  }

  /** The logical shape, NHWC for images. */
  public final Shape shape() {
    return shape;
  }
}
