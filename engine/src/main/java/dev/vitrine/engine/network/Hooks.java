package dev.vitrine.engine.network;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The hooks of a network, by layer and in order of registration; looked up when they run. */
final class Hooks {
  private final Map<String, List<ForwardHook>> forward = new LinkedHashMap<>();
  private final Map<String, List<BackwardHook.Each>> backward = new LinkedHashMap<>();

  Hook addForward(List<Layer> layers, ForwardHook hook) {
    return add(forward, layers, hook);
  }

  Hook addBackward(List<Layer> layers, BackwardHook.Each hook) {
    return add(backward, layers, hook);
  }

  List<ForwardHook> forward(Layer layer) {
    return List.copyOf(forward.getOrDefault(layer.name(), List.of()));
  }

  List<BackwardHook.Each> backward(Layer layer) {
    return List.copyOf(backward.getOrDefault(layer.name(), List.of()));
  }

  Set<String> onForward() {
    return forward.keySet();
  }

  Set<String> onBackward() {
    return backward.keySet();
  }

  private static <H> Hook add(Map<String, List<H>> where, List<Layer> layers, H hook) {
    for (Layer layer : layers) {
      where.computeIfAbsent(layer.name(), k -> new ArrayList<>()).add(hook);
    }
    boolean[] open = {true};
    return () -> {
      if (open[0]) {
        open[0] = false;
        for (Layer layer : layers) {
          List<H> at = where.get(layer.name());
          at.remove(hook);
          if (at.isEmpty()) {
            where.remove(layer.name());
          }
        }
      }
    };
  }
}
