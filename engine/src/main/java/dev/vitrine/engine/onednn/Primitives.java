package dev.vitrine.engine.onednn;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The primitives made so far, by a record of everything that they depend on. The one unused for
 * longest is freed when there are too many.
 */
final class Primitives implements AutoCloseable {
  /**
   * A deep network's forward and backward passes at three sizes; each holds some 50 KiB of code.
   */
  static final int CAPACITY = 1024;

  private final Library library;
  private final int capacity;
  private final LinkedHashMap<Key<?>, Plan> cache = new LinkedHashMap<>(64, 0.75f, true);
  private long made;
  private long freed;

  /** Everything that a plan depends on, and how it is made: a record. */
  interface Key<T extends Plan> {
    T make(Library library);
  }

  Primitives(Library library, int capacity) {
    this.library = library;
    this.capacity = capacity;
  }

  /** The primitive of a key; made if there is none yet. It is good until the next call. */
  @SuppressWarnings("unchecked") // what is found under a key has been made by it
  <T extends Plan> T get(Key<T> key) {
    Plan found = cache.get(key);
    if (found == null) {
      found = key.make(library);
      made++;
      cache.put(key, found);
      if (cache.size() > capacity) {
        Map.Entry<Key<?>, Plan> oldest = cache.entrySet().iterator().next();
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
