package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.BackendException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Blocks by size class, four classes to each power of two, kept for reuse when they are given back.
 * Every byte is counted: live ones are with somebody, pooled ones wait, the scratchpad among them.
 */
final class NativeMemory implements AutoCloseable {
  private static final int SMALLEST_POWER = 8;
  private static final long SMALLEST = 1 << SMALLEST_POWER;
  private static final int CLASSES_TO_TWICE = 4;

  /** By the number of the class. */
  private final List<ArrayDeque<Block>> pool = new ArrayList<>();

  private final Set<Block> live = Collections.newSetFromMap(new IdentityHashMap<>());
  private Block scratchpad;
  private long liveBytes;
  private long pooledBytes;

  /** How often a block has been given back. */
  private long given;

  /** The size of the class that holds {@code bytes}. */
  static long sizeClass(long bytes) {
    long wanted = Math.max(bytes, SMALLEST);
    long unit = Long.highestOneBit(wanted) >> 2;
    return (wanted + unit - 1) / unit * unit;
  }

  /** The number of a class, from 0, by its size. */
  private static int number(long size) {
    int power = 63 - Long.numberOfLeadingZeros(size);
    return 4 * (power - SMALLEST_POWER) + (int) (size >> (power - 2)) - 4;
  }

  private ArrayDeque<Block> waiting(long size) {
    int number = number(size);
    while (pool.size() <= number) {
      pool.add(new ArrayDeque<>());
    }
    return pool.get(number);
  }

  /**
   * A block of at least {@code bytes}, undefined contents, for what comes and goes: of those that
   * wait and are at most twice as large, the one that was given back last. It is in the processor's
   * cache, and the fewer blocks go round, the more of them stay there.
   */
  Block take(long bytes) {
    return take(bytes, CLASSES_TO_TWICE);
  }

  /** A block as {@link #take} has them, none larger than needed: for what stays, as weights do. */
  Block takeToKeep(long bytes) {
    return take(bytes, 0);
  }

  private Block take(long bytes, int larger) {
    long size = sizeClass(bytes);
    ArrayDeque<Block> latest = waiting(size);
    int last = Math.min(number(size) + larger, pool.size() - 1);
    for (int number = number(size) + 1; number <= last; number++) {
      Block block = pool.get(number).peekLast();
      if (block != null && (latest.isEmpty() || block.given > latest.peekLast().given)) {
        latest = pool.get(number);
      }
    }
    Block block = latest.pollLast();
    if (block == null) {
      block = allocate(size);
    } else {
      pooledBytes -= block.bytes();
    }
    live.add(block);
    liveBytes += block.bytes();
    return block;
  }

  /** Takes a block back for reuse. */
  void give(Block block) {
    live.remove(block);
    liveBytes -= block.bytes();
    block.given = ++given;
    waiting(block.bytes()).addLast(block);
    pooledBytes += block.bytes();
  }

  /** Takes a block back for good: of a size that a running network will not ask for again. */
  void discard(Block block) {
    live.remove(block);
    liveBytes -= block.bytes();
    block.free();
  }

  /** The one scratchpad, grown to {@code bytes}; good until the next call. */
  Block scratchpad(long bytes) {
    if (scratchpad == null || scratchpad.bytes() < bytes) {
      freeScratchpad();
      scratchpad = allocate(sizeClass(bytes));
      pooledBytes += scratchpad.bytes();
    }
    return scratchpad;
  }

  long liveBytes() {
    return liveBytes;
  }

  long pooledBytes() {
    return pooledBytes;
  }

  /** Gives back to the system what nobody holds. */
  void trim() {
    for (ArrayDeque<Block> waiting : pool) {
      for (Block block : waiting) {
        pooledBytes -= block.bytes();
        block.free();
      }
    }
    pool.clear();
    freeScratchpad();
  }

  @Override
  public void close() {
    trim();
    live.forEach(Block::free);
    live.clear();
    liveBytes = 0;
  }

  private void freeScratchpad() {
    if (scratchpad != null) {
      pooledBytes -= scratchpad.bytes();
      scratchpad.free();
      scratchpad = null;
    }
  }

  private Block allocate(long size) {
    Block block = Block.allocate(size);
    if (block == null) {
      trim();
      block = Block.allocate(size);
    }
    if (block == null) {
      throw new BackendException(
          "the system has no "
              + (size >> 20)
              + " MiB of memory left beside the "
              + (liveBytes >> 20)
              + " MiB in use; use a smaller batch or a smaller image");
    }
    return block;
  }
}
