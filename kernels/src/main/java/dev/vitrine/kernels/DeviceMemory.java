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
import java.util.function.Supplier;

/**
 * The card's memory in blocks by size class, four classes to each power of two, kept for reuse when
 * they are given back. Every byte is counted: live ones are with somebody, pooled ones wait.
 */
final class DeviceMemory implements AutoCloseable {
  /** Also what the card aligns its own blocks to. */
  private static final long SMALLEST = 256;

  private final Device device;
  private final LongUnaryOperator sizes;
  private final Shelf pool = new Shelf();
  private final Set<Block> live = new HashSet<>();
  private final Map<Block, Arena> homes = new HashMap<>();
  private Arena recording;
  private long liveBytes;

  /** Blocks that wait, by size. */
  private static final class Shelf {
    private final Map<Long, ArrayDeque<Block>> waiting = new HashMap<>();
    private long bytes;

    Block poll(long size) {
      ArrayDeque<Block> fitting = waiting.get(size);
      Block block = fitting == null ? null : fitting.pollLast();
      bytes -= block == null ? 0 : size;
      return block;
    }

    void add(Block block) {
      waiting.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).addLast(block);
      bytes += block.bytes();
    }

    void addAll(Shelf other) {
      other.waiting.values().forEach(blocks -> blocks.forEach(this::add));
      other.clear();
    }

    void clear() {
      waiting.clear();
      bytes = 0;
    }
  }

  /**
   * The blocks that a recording writes into with each replay: nobody else has them till it ends.
   */
  final class Arena implements AutoCloseable {
    private final Shelf shelf = new Shelf();

    /** Ends taking; the blocks stay. */
    void seal() {
      recording = null;
    }

    /** Gives the blocks to everybody. */
    @Override
    public void close() {
      seal();
      homes.values().removeIf(home -> home == this);
      pool.addAll(shelf);
    }
  }

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

  /** From here on until it is sealed, all that is taken belongs to an arena. */
  Arena arena() {
    recording = new Arena();
    return recording;
  }

  /**
   * A block of at least {@code bytes}, undefined contents.
   *
   * @throws BackendException if the card has not that much, even with the pool emptied
   */
  Block take(long bytes) {
    long size = sizes.applyAsLong(bytes);
    Block block = recording == null ? null : recording.shelf.poll(size);
    if (block == null) {
      block = pool.poll(size);
      block = block == null ? allocate(size) : block;
      if (recording != null) {
        homes.put(block, recording);
      }
    }
    live.add(block);
    liveBytes += size;
    return block;
  }

  /** Takes a block back for reuse; what was asked of the card before may still use it. */
  void give(Block block) {
    Arena home = homes.get(block);
    if (recording != null && home != recording) {
      throw new IllegalStateException(
          "a step that is recorded cannot give back or move what was there before it");
    }
    if (!live.remove(block)) {
      throw new IllegalStateException("block " + block + " is not live; it was given back already");
    }
    liveBytes -= block.bytes();
    (home == null ? pool : home.shelf).add(block);
  }

  long liveBytes() {
    return liveBytes;
  }

  long pooledBytes() {
    long bytes = pool.bytes;
    for (Arena arena : new HashSet<>(homes.values())) {
      bytes += arena.shelf.bytes;
    }
    return bytes;
  }

  /** Gives back to the card what nobody holds, but for what recordings need. */
  void trim() {
    pool.waiting.values().forEach(blocks -> blocks.forEach(this::free));
    pool.clear();
  }

  private void free(Block block) {
    device.free(block.address());
  }

  @Override
  public void close() {
    homes.values().stream().distinct().toList().forEach(Arena::close);
    trim();
    live.forEach(this::free);
    live.clear();
    liveBytes = 0;
  }

  /**
   * Memory of the card that no count knows and no pool takes; {@link Device#free} gives it back.
   *
   * @throws BackendException if the card has not that much, even with the pool emptied
   */
  Block allocate(long size) {
    return withRoom(() -> new Block(device.allocate(size), size));
  }

  /**
   * Runs what may lack memory on the card. Where it does, the pool is emptied and it is tried once
   * more; not while the card records, when nothing can be freed.
   *
   * @throws BackendException if the card has too little even so
   */
  <T> T withRoom(Supplier<T> work) {
    try {
      return work.get();
    } catch (OutOfDeviceMemory e) {
      if (recording != null) {
        throw e;
      }
      trim();
    }
    try {
      return work.get();
    } catch (OutOfDeviceMemory e) {
      throw tooLittle(e);
    }
  }

  /** What is left to say when emptying the pool did not help. */
  BackendException tooLittle(OutOfDeviceMemory e) {
    String what =
        e.asked() == 0
            ? "%s; %s free, %s in use here"
                .formatted(e.getMessage(), size(device.freeBytes()), size(liveBytes))
            : "%s are asked for, %s free, %s in use here"
                .formatted(size(e.asked()), size(e.free()), size(liveBytes));
    return new BackendException(
        "the card has too little memory: "
            + what
            + "; use a smaller batch or a smaller image, or --device cpu",
        e);
  }

  private static String size(long bytes) {
    return bytes < 1 << 20
        ? "%,d bytes".formatted(bytes)
        : "%,.1f MiB".formatted(bytes / 1048576.0);
  }
}
