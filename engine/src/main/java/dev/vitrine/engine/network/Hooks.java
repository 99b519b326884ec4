package dev.vitrine.engine.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The hooks of a network, by layer and in order of registration; looked up when they run. */
final class Hooks {
  private final Map<String, List<Entry<ForwardHook>>> forward = new LinkedHashMap<>();
  private final Map<String, List<Entry<BackwardHook.Each>>> backward = new LinkedHashMap<>();

  /** One registration: the same hook may be registered twice, and is closed apart. */
  private static final class Entry<H> {
    final H hook;
    boolean open = true;

    Entry(H hook) {
      this.hook = hook;
    }
  }

  Hook addForward(List<Layer> layers, ForwardHook hook) {
    return add(forward, layers, hook);
  }

  Hook addBackward(List<Layer> layers, BackwardHook.Each hook) {
    return add(backward, layers, hook);
  }

  Iterable<ForwardHook> forward(Layer layer) {
    return open(forward, layer);
  }

  Iterable<BackwardHook.Each> backward(Layer layer) {
    return open(backward, layer);
  }

  /** Looked up one by one: a hook that is closed by the one before it does not run any more. */
  private static <H> Iterable<H> open(Map<String, List<Entry<H>>> where, Layer layer) {
    List<Entry<H>> there = where.get(layer.name());
    if (there == null) {
      return Collections.emptyList(); // whose iterator is one object, made once
    }
    List<Entry<H>> now = List.copyOf(there);
    return () -> now.stream().filter(entry -> entry.open).map(entry -> entry.hook).iterator();
  }

  /** Whether nobody listens. */
  boolean isEmpty() {
    return forward.isEmpty() && backward.isEmpty();
  }

  /** The layers with forward hooks, now and later. */
  Set<String> onForward() {
    return forward.keySet();
  }

  /** The layers with backward hooks, now and later. */
  Set<String> onBackward() {
    return backward.keySet();
  }

  private static <H> Hook add(Map<String, List<Entry<H>>> where, List<Layer> layers, H hook) {
    Entry<H> entry = new Entry<>(Objects.requireNonNull(hook, "hook"));
    for (Layer layer : layers) {
      where.computeIfAbsent(layer.name(), k -> new ArrayList<>()).add(entry);
    }
    return () -> {
      if (entry.open) {
        entry.open = false;
        for (Layer layer : layers) {
          List<Entry<H>> at = where.get(layer.name());
          at.remove(entry);
          if (at.isEmpty()) {
            where.remove(layer.name());
          }
        }
      }
    };
  }
}
