package dev.vitrine.engine.network;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The plans that a network has run by, and the weights that were folded for them: both hold until
 * weights change.
 */
final class Plans {
  private static final int MOST_INPUTS = 256;

  private final Backend backend;
  private final Scope constants;
  private final Map<Key, Plan> plans = new HashMap<>();
  private final Set<Input> checked = new HashSet<>();
  private final Map<String, List<Parameter>> folded = new HashMap<>();

  /** What decides a plan. */
  record Key(String from, Set<String> shown, boolean output, Set<String> alone, boolean fold) {
    Key {
      alone = Set.copyOf(alone);
    }
  }

  /** What decides whether an input fits. */
  record Input(String from, Shape x, Listen listen) {}

  Plans(Backend backend) {
    this.backend = backend;
    this.constants = new Scope(backend);
  }

  /**
   * The plan, worked out the first time.
   *
   * @param needed the layers that run
   * @param output the network's
   */
  Plan plan(Key key, Supplier<List<Layer>> needed, String output) {
    return plans.computeIfAbsent(
        key,
        k -> Plan.of(needed.get(), output, k.shown(), k.alone(), k.fold() ? this::fold : null));
  }

  /** Checks an input the first time. */
  void check(Input input, Runnable check) {
    if (!checked.contains(input)) {
      check.run();
      if (checked.size() == MOST_INPUTS) {
        checked.clear();
      }
      checked.add(input);
    }
  }

  private List<Parameter> fold(Layer conv, Layer norm) {
    return folded.computeIfAbsent(
        norm.name(),
        k -> {
          Folding f = Folding.of(conv, norm);
          Tensor kernel = conv.parameters().get(0).value();
          return List.of(
              constant(norm.name() + "/folded kernel", kernel.shape(), f.kernel(kernel)),
              constant(norm.name() + "/folded bias", f.biasShape(), f.bias()));
        });
  }

  private Parameter constant(String name, Shape shape, double[] values) {
    Tensor t = constants.of(shape, values).named(name);
    backend.freeze(t.buffer());
    return new Parameter(name, t);
  }

  /** Forgets all plans and frees the folded weights. */
  void drop() {
    plans.clear();
    folded.clear();
    constants.close();
  }
}
