package dev.vitrine.engine;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;

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

  // The owned tensors are a list through Tensor's own links: adding and removing one allocates
  // nothing, and they are closed in the order in which they were made, so that pools fill the same
  // each time.
  private Tensor first;
  private Tensor last;

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
    t.previous = last;
    if (last == null) {
      first = t;
    } else {
      last.next = t;
    }
    last = t;
    return t;
  }

  /** Another handle on a tensor's memory, under a shape of the same size, which this scope owns. */
  public Tensor view(Tensor t, Shape as) {
    return adopt(backend.reshape(t.buffer(), as), t.name());
  }

  /** Lets go of a tensor that it owns. */
  void forget(Tensor t) {
    if (t.previous == null) {
      first = t.next;
    } else {
      t.previous.next = t.next;
    }
    if (t.next == null) {
      last = t.previous;
    } else {
      t.next.previous = t.previous;
    }
    t.previous = null;
    t.next = null;
  }

  /** Closes every tensor that is still owned. Idempotent; the scope can be used again. */
  @Override
  public void close() {
    while (first != null) {
      first.close();
    }
  }

  private static void checkCount(Shape shape, int count) {
    if (shape.size() != count) {
      throw new IllegalArgumentException(
          count + " elements do not fill shape " + shape + ", which takes " + shape.size());
    }
  }
}
