package dev.vitrine.engine.network;

import dev.vitrine.engine.Gradients;
import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * One forward pass through a network and the backward passes that follow it. A run owns every
 * tensor that is created in it and frees them when it is closed; {@link Tensor#keep} hands one over
 * to the caller.
 */
public final class Run implements AutoCloseable {
  private final Network network;
  private final Listen listen;
  private final Scope scope;
  private final Tape tape;
  private final boolean ownsScope;
  private final Tensor input;
  private final Map<String, Tensor> outputs = new HashMap<>();
  private final Map<Node, Step> steps = new IdentityHashMap<>(64); // most networks' at once

  /** From the input on, or from the output of a layer. */
  Run(Network network, String from, Tensor x, Listen listen) {
    this(network, from, x, listen, new Tape(new Scope(network.backend())), true);
  }

  /** On a tape that has made the input. */
  Run(Network network, Tape tape, Tensor x, Listen listen) {
    this(network, network.input(), x, listen, tape, false);
  }

  private Run(Network network, String from, Tensor x, Listen listen, Tape tape, boolean ownsScope) {
    this.network = network;
    this.listen = listen;
    this.scope = tape.scope();
    this.tape = tape;
    this.ownsScope = ownsScope;
    this.input = x;
    try {
      if (listen.gradients()) {
        tape.watch(x);
      }
      if (listen.weights()) {
        network.parameters().forEach(p -> tape.watch(p.value()));
      }
      run(from, network.plan(from, listen));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  private void run(String from, Plan plan) {
    outputs.put(from, input);
    for (int s = 0; s < plan.steps().size(); s++) {
      Step step = plan.steps().get(s);
      Node node = tape.record(step.op(), arguments(step));
      steps.put(node, step);
      Layer layer = step.last();
      Tensor y = node.output().named(layer.name());
      for (ForwardHook hook : network.hooks().forward(layer)) {
        List<Tensor> in = node.inputs().subList(0, step.inputs().size());
        y = replaced(layer, y, hook.output(new ForwardContext(layer, in, y, scope, tape::apply)));
      }
      outputs.put(layer.name(), y);
      if (!listen.gradients()) {
        freeRead(step, s, plan.lastReader());
      }
    }
  }

  /**
   * What nobody reads any more goes back to the pool, unless somebody listens to it. A hook may
   * have kept it, replaced it by a tensor of its own, or handed an earlier layer's output on.
   */
  private void freeRead(Step step, int s, Map<String, Integer> lastReader) {
    for (String in : step.inputs()) {
      if (lastReader.get(in) == s && !isShown(in) && !network.hooks().onForward().contains(in)) {
        Tensor t = outputs.remove(in);
        if (t != null && t.isOpen() && t.scope() == scope && !outputs.containsValue(t)) {
          t.close();
        }
      }
    }
  }

  /** True for what the caller can ask for. */
  private boolean isShown(String name) {
    return name.equals(network.input())
        || (listen.output() && name.equals(network.output()))
        || listen.layers().contains(name);
  }

  private List<Tensor> arguments(Step step) {
    int inputs = step.inputs().size();
    Tensor[] arguments = new Tensor[inputs + step.parameters().size()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] =
          i < inputs
              ? outputs.get(step.inputs().get(i))
              : step.parameters().get(i - inputs).value();
    }
    return List.of(arguments);
  }

  private Tensor replaced(Layer layer, Tensor y, Tensor by) {
    if (by == null || by == y) {
      return y;
    }
    if (!by.shape().equals(y.shape())) {
      throw new IllegalArgumentException(
          "a forward hook replaced the output of %s, %s, by %s: shapes must agree"
              .formatted(layer.name(), y.shape(), by.shape()));
    }
    return listen.gradients() ? tape.watch(by) : by;
  }

  /** The scope that owns this run's tensors; seeds can be made in it. */
  public Scope scope() {
    return scope;
  }

  /** What the run began with, which is the caller's. */
  public Tensor input() {
    return input;
  }

  /**
   * The network's output.
   *
   * @throws IllegalStateException if the run was told to leave it out
   */
  public Tensor output() {
    return output(network.output());
  }

  /**
   * The output of a layer that this run listens to, or the input.
   *
   * @throws IllegalArgumentException if there is no such layer
   * @throws IllegalStateException if the run was not told to listen to it
   */
  public Tensor output(String layer) {
    Tensor t = isShown(layer) ? outputs.get(layer) : null;
    if (t == null) {
      network.layer(layer);
      throw new IllegalStateException(
          "the output of " + layer + " was not kept: name it in Listen.to(...)");
    }
    return t;
  }

  /** The gradients at the wanted tensors, by the layers' own derivatives and the hooks. */
  public Gradients backward(Map<Tensor, Tensor> seeds, Collection<Tensor> wanted) {
    return backward(seeds, wanted, ReluRule.GRADIENT);
  }

  /**
   * The gradients at the wanted tensors (outputs of layers that the run listens to, the input, or
   * weights) for the given gradients at the seeded ones. Can be called again, with another rule.
   *
   * @throws IllegalStateException if the run records no gradients
   * @throws IllegalArgumentException if the rule finds no ReLU on the way
   */
  public Gradients backward(Map<Tensor, Tensor> seeds, Collection<Tensor> wanted, ReluRule rule) {
    if (!listen.gradients()) {
      throw new IllegalStateException("this run has no gradients: use Listen.withGradients()");
    }
    Backpropagation walk = new Backpropagation(network, steps, scope, rule);
    Gradients gradients = tape.backward(seeds, wanted, walk);
    walk.checkRuleApplied();
    return gradients;
  }

  /** Runs an operation on this run's tensors so that gradients flow through it. */
  public Tensor apply(Op op, Tensor... inputs) {
    return tape.apply(op, inputs);
  }

  /**
   * Frees everything that was created in this run, but on a caller's tape, whose scope frees it.
   * Idempotent.
   */
  @Override
  public void close() {
    if (ownsScope) {
      scope.close();
    }
  }
}
