package dev.vitrine.kernels;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.kernels.device.Order;

/**
 * One array on the card. It lies in one order at a time; where an operation needs another, {@link
 * CudaMemory} moves it. Once a handle has another shape than {@link #shape}, it lies plainly for
 * good.
 */
final class Storage {
  final CudaMemory owner;

  /** Bytes per element: 4, or less for the switches of a small window. */
  final int elementBytes;

  /** The pooling whose switches this holds, null for numbers. */
  final Window switchesOf;

  /** The shape that it was allocated with, to whose axes {@link #order} refers. */
  final Shape shape;

  /** The handles that have not been released. */
  int handles = 1;

  boolean frozen;

  /** Whether a handle with another shape has been made. */
  boolean reshaped;

  Order order;
  Block block;

  Storage(
      CudaMemory owner,
      Shape shape,
      int elementBytes,
      Window switchesOf,
      Order order,
      Block block) {
    this.owner = owner;
    this.shape = shape;
    this.elementBytes = elementBytes;
    this.switchesOf = switchesOf;
    this.order = order;
    this.block = block;
  }
}
