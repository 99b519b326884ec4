package dev.vitrine.engine;

import dev.vitrine.engine.backend.Binary;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The record of a computation, and reverse-mode differentiation over it. Forward appends nodes;
 * {@link #backward} walks them in reverse from the seeded tensors down to the wanted ones and skips
 * what lies on no path between, so frozen weights cost nothing.
 */
public final class Tape {
  private final Scope scope;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Tensor> tracked = Collections.newSetFromMap(new IdentityHashMap<>());

  /** A tape whose results and gradients live in the given scope. */
  public Tape(Scope scope) {
    this.scope = scope;
  }

  /** How a node's gradients are computed; the place where rules and hooks come in. */
  @FunctionalInterface
  public interface Walk {
    /**
     * The gradients at the node's inputs for the gradient at its output, null where {@code
     * needed[i]} is false; each a tensor of its own.
     */
    List<Tensor> gradients(Node node, Tensor g, boolean[] needed);
  }

  /** Asks that gradients can be had at a tensor that no operation here has made. */
  public Tensor watch(Tensor t) {
    tracked.add(t);
    return t;
  }

  /** True if gradients can be had at this tensor. */
  public boolean tracks(Tensor t) {
    return tracked.contains(t);
  }

  /** Runs an operation, and records it if any of its inputs is tracked. */
  public Tensor apply(Op op, Tensor... inputs) {
    return record(op, List.of(inputs)).output();
  }

  /** As {@link #apply}, for those who want the node. */
  public Node record(Op op, List<Tensor> inputs) {
    boolean tracks = inputs.stream().anyMatch(tracked::contains);
    Node node = Node.run(op, scope, inputs, tracks);
    if (tracks) {
      nodes.add(node);
      tracked.add(node.output());
    }
    return node;
  }

  /** The gradients at the wanted tensors, by each operation's own derivative. */
  public Gradients backward(Map<Tensor, Tensor> seeds, Collection<Tensor> wanted) {
    return backward(seeds, wanted, (node, g, needed) -> derivative(node.op(), node, g, needed));
  }

  /**
   * The sum over the seeded tensors {@code y} of {@code seed(y) dy/dx}, for each wanted {@code x}.
   *
   * @throws IllegalArgumentException if a seed has not its tensor's shape, or if a seeded or wanted
   *     tensor is not on this tape
   */
  public Gradients backward(Map<Tensor, Tensor> seeds, Collection<Tensor> wanted, Walk walk) {
    Set<Tensor> needed = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor x : wanted) {
      check(tracked.contains(x), "no gradient can be had at " + x + ": watch it before forward");
      needed.add(x);
    }
    Set<Tensor> kept = Collections.newSetFromMap(new IdentityHashMap<>());
    kept.addAll(needed);
    for (Node node : nodes) {
      if (node.inputs().stream().anyMatch(needed::contains)) {
        needed.add(node.output());
      }
    }
    Map<Tensor, Tensor> grads = new IdentityHashMap<>();
    seeds.forEach(
        (y, seed) -> {
          check(tracked.contains(y), "seeded tensor " + y + " is not on this tape");
          check(y.shape().equals(seed.shape()), "the seed of " + y + " has shape " + seed.shape());
          grads.put(y, scope.view(seed, seed.shape())); // ours: the seed stays the caller's
        });
    for (int n = nodes.size() - 1; n >= 0; n--) {
      Node node = nodes.get(n);
      Tensor g = grads.get(node.output());
      if (g == null) {
        continue;
      }
      boolean[] need = new boolean[node.inputs().size()];
      boolean any = false;
      for (int i = 0; i < need.length; i++) {
        need[i] = needed.contains(node.input(i));
        any |= need[i];
      }
      if (any) {
        List<Tensor> at = walk.gradients(node, g, need);
        for (int i = 0; i < need.length; i++) {
          if (need[i]) {
            grads.merge(node.input(i), at.get(i), this::sum);
          }
        }
      }
      if (!kept.contains(node.output())) {
        grads.remove(node.output()).close();
      }
    }
    for (Tensor unasked : List.copyOf(grads.keySet())) { // seeded, but made by no node here
      if (!kept.contains(unasked)) {
        grads.remove(unasked).close();
      }
    }
    return new Gradients(scope, grads, kept);
  }

  /** A node's gradients by the derivative of its operation, or of that under another rule. */
  public static List<Tensor> derivative(Op op, Node node, Tensor g, boolean[] needed) {
    List<Tensor> at = new ArrayList<>();
    for (int i = 0; i < needed.length; i++) {
      at.add(needed[i] ? op.gradient(node, g, i) : null);
    }
    return at;
  }

  private Tensor sum(Tensor a, Tensor b) {
    Tensor sum = scope.make(a.shape());
    scope.backend().binary(Binary.ADD, a.buffer(), b.buffer(), sum.buffer());
    a.close();
    b.close();
    return sum;
  }

  private static void check(boolean ok, String otherwise) {
    if (!ok) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
