package dev.vitrine.viz.maximize;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Numbers that the first of many steps uploads and the others find on the device. */
final class Constants implements AutoCloseable {
  private final Scope scope;
  private final Map<Key, Tensor> tensors = new HashMap<>();

  private record Key(Object owner, Shape shape) {}

  Constants(Backend backend) {
    scope = new Scope(backend);
  }

  Tensor of(Object owner, Shape shape, Supplier<double[]> values) {
    return tensors.computeIfAbsent(
        new Key(owner, shape),
        key -> {
          Tensor made = scope.of(shape, values.get()).named("constant of " + owner);
          scope.backend().freeze(made.buffer());
          return made;
        });
  }

  @Override
  public void close() {
    tensors.clear();
    scope.close();
  }
}
