package dev.vitrine.engine;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;

/**
 * An array on a device: a handle that some {@link Scope} owns until {@link #keep} hands it over.
 * Closing is idempotent; use after close is an {@link IllegalStateException} that names the tensor.
 */
public final class Tensor implements AutoCloseable {
  private final Shape shape;
  private Buffer buffer;
  private Scope scope;
  private boolean kept;
  private String name;

  /** The neighbours in the list of what the scope owns; null once it is kept or closed. */
  Tensor previous;

  Tensor next;

  Tensor(Scope scope, Buffer buffer, String name) {
    this.scope = scope;
    this.buffer = buffer;
    this.shape = buffer.shape();
    this.name = name;
  }

  /** The shape; known after close too. */
  public Shape shape() {
    return shape;
  }

  /** What errors call this tensor. */
  public String name() {
    return name;
  }

  /** Names this tensor. */
  public Tensor named(String name) {
    this.name = name;
    return this;
  }

  /** The device that holds it. */
  public Backend backend() {
    return scope.backend();
  }

  /** The scope that owns it. */
  public Scope scope() {
    live();
    return scope;
  }

  /** The device's memory. */
  public Buffer buffer() {
    live();
    return buffer;
  }

  /** True until it is closed, by itself or with its scope. */
  public boolean isOpen() {
    return buffer != null;
  }

  /** The elements in row-major order. */
  public float[] toFloats() {
    float[] out = new float[Math.toIntExact(shape.size())];
    backend().download(buffer(), 0, out, 0, out.length);
    return out;
  }

  /** The elements in row-major order, at the backend's own precision. */
  public double[] toDoubles() {
    double[] out = new double[Math.toIntExact(shape.size())];
    backend().download(buffer(), 0, out, 0, out.length);
    return out;
  }

  /** Another handle on the same memory, under another shape of the same size, in this scope. */
  public Tensor view(Shape as) {
    return scope().view(this, as);
  }

  /**
   * Hands this tensor over to the caller, who closes it: it outlives its scope. What is made in its
   * own {@link #scope} from then on, views of it say, is closed with it.
   */
  public Tensor keep() {
    live();
    if (!kept) {
      scope.forget(this);
      scope = new Scope(scope.backend());
      kept = true;
    }
    return this;
  }

  /** True once {@link #keep} has handed it over. */
  public boolean isKept() {
    return kept;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    if (buffer != null) {
      if (!kept) {
        scope.forget(this);
      }
      Buffer closing = buffer;
      buffer = null;
      scope.backend().release(closing);
      if (kept) {
        scope.close();
      }
    }
  }

  private void live() {
    if (buffer == null) {
      throw new IllegalStateException("tensor " + this + " is used after it was closed");
    }
  }

  @Override
  public String toString() {
    return name + " " + shape;
  }
}
