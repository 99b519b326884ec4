package dev.vitrine.engine.onednn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The primitives made so far, by a record of everything that they depend on. The one unused for
 * longest is freed when there are too many.
 */
final class Primitives implements AutoCloseable {
  /**
   * A deep network's forward and backward passes at three sizes; each holds some 50 KiB of code.
   */
  static final int CAPACITY = 1024;

  private final int capacity;
  private final LinkedHashMap<Record, Plan> cache = new LinkedHashMap<>(64, 0.75f, true);
  private long made;
  private long freed;

  Primitives(int capacity) {
    this.capacity = capacity;
  }

  /** The primitive of a key; made if there is none yet. It is good until the next call. */
  @SuppressWarnings("unchecked") // a key's class decides what is made from it
  <T extends Plan> T get(Record key, Supplier<T> maker) {
    Plan found = cache.get(key);
    if (found == null) {
      found = maker.get();
      made++;
      cache.put(key, found);
      if (cache.size() > capacity) {
        Map.Entry<Record, Plan> oldest = cache.entrySet().iterator().next();
        cache.remove(oldest.getKey());
        free(oldest.getValue());
      }
    }
    return (T) found;
  }

  /** How many have been made. */
  long made() {
    return made;
  }

  /** How many have been freed again. */
  long freed() {
    return freed;
  }

  private void free(Plan plan) {
    plan.close();
    freed++;
  }

  @Override
  public void close() {
    cache.values().forEach(this::free);
    cache.clear();
  }
}
