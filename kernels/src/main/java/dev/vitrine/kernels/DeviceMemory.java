package dev.vitrine.kernels;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/**
 * The card's memory in blocks by size class, four classes to each power of two, kept for reuse when
 * they are given back. Every byte is counted: live ones are with somebody, pooled ones wait.
 */
final class DeviceMemory implements AutoCloseable {
  /** Also what the card aligns its own blocks to. */
  private static final long SMALLEST = 256;

  private final Device device;
  private final LongUnaryOperator sizes;
  private final Map<Long, ArrayDeque<Block>> pool = new HashMap<>();
  private final Set<Block> live = new HashSet<>();
  private long liveBytes;
  private long pooledBytes;

  DeviceMemory(Device device) {
    this(device, DeviceMemory::sizeClass);
  }

  /**
   * @param sizes the size of the class that holds so many bytes
   */
  DeviceMemory(Device device, LongUnaryOperator sizes) {
    this.device = device;
    this.sizes = sizes;
  }

  /** The size of the class that holds {@code bytes}. */
  static long sizeClass(long bytes) {
    long wanted = Math.max(bytes, SMALLEST);
    long unit = Long.highestOneBit(wanted) >> 2;
    return (wanted + unit - 1) / unit * unit;
  }

  /**
   * A block of at least {@code bytes}, undefined contents.
   *
   * @throws BackendException if the card has not that much, even with the pool emptied
   */
  Block take(long bytes) {
    long size = sizes.applyAsLong(bytes);
    ArrayDeque<Block> waiting = pool.get(size);
    Block block = waiting == null ? null : waiting.pollLast();
    if (block == null) {
      block = allocate(size);
    } else {
      pooledBytes -= size;
    }
    live.add(block);
    liveBytes += size;
    return block;
  }

  /** Takes a block back for reuse; what was asked of the card before may still use it. */
  void give(Block block) {
    if (!live.remove(block)) {
      throw new IllegalStateException("block " + block + " is not live; it was given back already");
    }
    liveBytes -= block.bytes();
    pool.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).addLast(block);
    pooledBytes += block.bytes();
  }

  long liveBytes() {
    return liveBytes;
  }

  long pooledBytes() {
    return pooledBytes;
  }

  /** Gives back to the card what nobody holds. */
  void trim() {
    for (ArrayDeque<Block> waiting : pool.values()) {
      for (Block block : waiting) {
        pooledBytes -= block.bytes();
        device.free(block.address());
      }
    }
    pool.clear();
  }

  @Override
  public void close() {
    trim();
    live.forEach(block -> device.free(block.address()));
    live.clear();
    liveBytes = 0;
  }

  private Block allocate(long size) {
    try {
      return new Block(device.allocate(size), size);
    } catch (OutOfDeviceMemory e) {
      trim();
    }
    try {
      return new Block(device.allocate(size), size);
    } catch (OutOfDeviceMemory e) {
      throw new BackendException(
          "the card has no %d MiB of memory left: %d MiB are free, %d MiB in use here; use a smaller"
                  .formatted(e.asked() >> 20, e.free() >> 20, liveBytes >> 20)
              + " batch or a smaller image, or --device cpu",
          e);
    }
  }
}
