package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.kernels.device.Order;
import java.util.ArrayList;
import java.util.List;

/** Buffers for one operation; closing gives them back. */
final class Loans implements AutoCloseable {
  private final CudaMemory memory;
  private final Moves moves;
  private final List<CudaBuffer> borrowed = new ArrayList<>(4);

  Loans(CudaMemory memory, Moves moves) {
    this.memory = memory;
    this.moves = moves;
  }

  /** Room for an array. */
  CudaBuffer room(Shape shape, Order order) {
    CudaBuffer buffer = memory.alloc("convolution", shape, Float.BYTES, null, order);
    borrowed.add(buffer);
    return buffer;
  }

  /** The buffer itself, if it lies in the order; else room for as much. */
  CudaBuffer room(CudaBuffer buffer, Order order) {
    return buffer.order() == order ? buffer : room(buffer.shape(), order);
  }

  /** The buffer itself, if it lies in the order; else a copy that does. */
  CudaBuffer lying(CudaBuffer buffer, Order order) {
    CudaBuffer there = room(buffer, order);
    if (there != buffer) {
      moves.copy(buffer, there);
    }
    return there;
  }

  @Override
  public void close() {
    borrowed.forEach(memory::release);
    borrowed.clear();
  }
}
