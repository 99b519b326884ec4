package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.kernels.device.Order;

/** A handle on a {@link Storage}; several may share one under different shapes. */
final class CudaBuffer extends Buffer {
  final Storage storage;
  boolean released;

  CudaBuffer(Shape shape, Storage storage) {
    super(shape);
    this.storage = storage;
  }

  /** Where the array begins on the card. */
  long address() {
    return storage.block.address();
  }

  /** How the axes lie. */
  Order order() {
    return storage.order;
  }

  /** How many elements lie between neighbours along each axis of the shape. */
  long[] strides() {
    return storage.order.strides(shape());
  }

  /** The number of elements. */
  long size() {
    return shape().size();
  }
}
