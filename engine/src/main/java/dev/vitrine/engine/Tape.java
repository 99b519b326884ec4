package dev.vitrine.engine;

import dev.vitrine.engine.backend.Binary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;

/**
 * The record of a computation, and reverse-mode differentiation over it. Forward appends nodes;
 * {@link #backward} walks them in reverse from the seeded tensors down to the wanted ones and skips
 * what lies on no path between, so frozen weights cost nothing.
 */
public final class Tape {
  private final Scope scope;
  private final List<Node> nodes = new ArrayList<>();
  private final Set<Tensor> tracked = identitySet(List.of());

  /** A tape whose results and gradients live in the given scope. */
  public Tape(Scope scope) {
    this.scope = scope;
  }

  /** Where results and gradients live. */
  public Scope scope() {
    return scope;
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
    boolean tracks = containsAny(tracked, inputs);
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
    Set<Tensor> kept = identitySet(wanted);
    Set<Tensor> needed = between(kept);
    Map<Tensor, Tensor> grads = new IdentityHashMap<>(needed.size());
    seeds.forEach((y, seed) -> grads.put(y, handle(y, seed)));
    BinaryOperator<Tensor> sum = this::sum;
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
      List<Tensor> at = any ? walk.gradients(node, g, need) : List.of();
      for (int i = 0; i < at.size(); i++) {
        if (need[i]) {
          grads.merge(node.input(i), at.get(i), sum);
        }
      }
      if (!kept.contains(node.output())) { // nobody will ask for it any more
        grads.remove(node.output()).close();
      }
    }
    for (Tensor seeded : List.copyOf(grads.keySet())) { // what no node here has made, nor is wanted
      if (!kept.contains(seeded)) {
        grads.remove(seeded).close();
      }
    }
    kept.forEach(x -> grads.computeIfAbsent(x, k -> scope.filled(k.shape(), 0)));
    return new Gradients(grads);
  }

  /** The wanted tensors, and all that has been computed from them. */
  private Set<Tensor> between(Set<Tensor> wanted) {
    for (Tensor x : wanted) {
      check(
          tracked.contains(x),
          () -> "no gradient can be had at " + x + ": watch it before forward");
    }
    Set<Tensor> needed = identitySet(wanted);
    for (Node node : nodes) {
      if (containsAny(needed, node.inputs())) {
        needed.add(node.output());
      }
    }
    return needed;
  }

  /** A loop, not a stream: it runs for each node of each step. */
  private static boolean containsAny(Set<Tensor> set, List<Tensor> tensors) {
    for (int i = 0; i < tensors.size(); i++) {
      if (set.contains(tensors.get(i))) {
        return true;
      }
    }
    return false;
  }

  /** A handle of ours on a seed: the seed itself stays the caller's. */
  private Tensor handle(Tensor y, Tensor seed) {
    check(tracked.contains(y), () -> "seeded tensor " + y + " is not on this tape");
    check(y.shape().equals(seed.shape()), () -> "the seed of " + y + " has shape " + seed.shape());
    return scope.view(seed, seed.shape());
  }

  /** A node's gradients by the derivative of its operation, or of that under another rule. */
  public static List<Tensor> derivative(Op op, Node node, Tensor g, boolean[] needed) {
    Tensor[] at = new Tensor[needed.length];
    for (int i = 0; i < needed.length; i++) {
      at[i] = needed[i] ? op.gradient(node, g, i) : null;
    }
    return Arrays.asList(at);
  }

  private Tensor sum(Tensor a, Tensor b) {
    Tensor sum = scope.make(a.shape());
    scope.backend().binary(Binary.ADD, a.buffer(), b.buffer(), sum.buffer());
    a.close();
    b.close();
    return sum;
  }

  private static Set<Tensor> identitySet(Collection<Tensor> of) {
    Set<Tensor> set = Collections.newSetFromMap(new IdentityHashMap<>());
    set.addAll(of);
    return set;
  }

  private static void check(boolean ok, Supplier<String> otherwise) {
    if (!ok) {
      throw new IllegalArgumentException(otherwise.get());
    }
  }
}
