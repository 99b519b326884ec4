package dev.vitrine.engine;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Owns the tensors that are made in it and closes them when it is closed. Nothing waits for the
 * garbage collector:
 *
 * <pre>{@code
 * try (Scope scope = new Scope(backend)) {
 *   Tensor x = scope.of(Shape.of(1, 4, 4, 1), pixels);
 *   ...
 * }
 * }</pre>
 */
public final class Scope implements AutoCloseable {
  private final Backend backend;
  private final Set<Tensor> owned =
      new LinkedHashSet<>(); // in order: pools fill the same each time

  public Scope(Backend backend) {
    this.backend = backend;
  }

  /** The device on which this scope's tensors live. */
  public Backend backend() {
    return backend;
  }

  /** A tensor of undefined contents. */
  public Tensor make(Shape shape) {
    return adopt(backend.alloc(shape), "tensor");
  }

  /** A tensor whose elements are all {@code value}. */
  public Tensor filled(Shape shape, double value) {
    Tensor t = make(shape);
    backend.fill(t.buffer(), value);
    return t;
  }

  /**
   * A tensor of the given elements in row-major order.
   *
   * @throws IllegalArgumentException if their number is not the shape's size
   */
  public Tensor of(Shape shape, float... elements) {
    checkCount(shape, elements.length);
    Tensor t = make(shape);
    backend.upload(t.buffer(), 0, elements, 0, elements.length);
    return t;
  }

  /** As {@link #of(Shape, float...)}, rounded to the backend's precision. */
  public Tensor of(Shape shape, double[] elements) {
    checkCount(shape, elements.length);
    Tensor t = make(shape);
    backend.upload(t.buffer(), 0, elements, 0, elements.length);
    return t;
  }

  /** Takes a buffer of this scope's backend into ownership. */
  public Tensor adopt(Buffer buffer, String name) {
    Tensor t = new Tensor(this, buffer, name);
    owned.add(t);
    return t;
  }

  /** Another handle on a tensor's memory, under a shape of the same size, which this scope owns. */
  public Tensor view(Tensor t, Shape as) {
    return adopt(backend.reshape(t.buffer(), as), t.name());
  }

  void forget(Tensor t) {
    owned.remove(t);
  }

  /** Closes every tensor that is still owned. Idempotent; the scope can be used again. */
  @Override
  public void close() {
    for (Tensor t : List.copyOf(owned)) {
      t.close();
    }
  }

  private static void checkCount(Shape shape, int count) {
    if (shape.size() != count) {
      throw new IllegalArgumentException(
          count + " elements do not fill shape " + shape + ", which takes " + shape.size());
    }
  }
}
