package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.Window;
import java.util.List;

/**
 * One array in memory. While it may be written, it lies plainly, row-major. Frozen, it may also lie
 * in packed forms, and then the plain copy may be gone; see {@link Kernels}.
 */
final class Storage {
  final OneDnnMemory owner;

  /** The pooling whose switches this holds, null for numbers. */
  final Window switchesOf;

  /** The handles that have not been released. */
  int handles = 1;

  boolean frozen;

  /** Known to hold neither NaN nor negative infinity, as what a fused ReLU wrote. */
  boolean ordinary;

  /** Row-major contents; null if only packed forms are left. */
  Block plain;

  /** Packed forms, the most recently used last; most arrays never have any. */
  List<PackedKernel> packed = List.of();

  /** In Winograd's form, from which the plain contents cannot be had back; mostly none. */
  List<WinogradKernel> winograd = List.of();

  Storage(OneDnnMemory owner, Window switchesOf, Block plain) {
    this.owner = owner;
    this.switchesOf = switchesOf;
    this.plain = plain;
  }

  /** Bytes per element: 4, or 1 for the switches of a small window. */
  int elementBytes() {
    return switchesOf == null ? Float.BYTES : Switches.bytes(switchesOf);
  }
}
