package dev.vitrine.bench.gpu;

import dev.vitrine.bench.Mixed;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Window;
import java.util.ArrayList;
import java.util.List;

/** Buffers of one benchmark, given back together. */
final class Lent implements AutoCloseable {
  private static final int SLICE = 1 << 20;

  private final Backend backend;
  private final List<Buffer> buffers = new ArrayList<>();

  Lent(Backend backend) {
    this.backend = backend;
  }

  Buffer empty(Shape shape) {
    return keep(backend.alloc(shape));
  }

  Buffer empty(int... extents) {
    return empty(Shape.of(extents));
  }

  /** Numbers in {@code (0, 1)}, which every operation can take. */
  Buffer filled(Shape shape) {
    Buffer buffer = empty(shape);
    float[] values = Mixed.values(0, (int) Math.min(SLICE, shape.size()), 0.499f);
    for (int i = 0; i < values.length; i++) {
      values[i] += 0.5f;
    }
    for (long at = 0; at < shape.size(); at += values.length) {
      int count = (int) Math.min(values.length, shape.size() - at);
      backend.upload(buffer, at, values, 0, count);
    }
    return buffer;
  }

  Buffer filled(int... extents) {
    return filled(Shape.of(extents));
  }

  Buffer switches(Window window, Buffer y) {
    return keep(backend.allocSwitches(window, y.shape()));
  }

  private Buffer keep(Buffer buffer) {
    buffers.add(buffer);
    return buffer;
  }

  @Override
  public void close() {
    buffers.forEach(backend::release);
    buffers.clear();
    backend.trim();
  }
}
