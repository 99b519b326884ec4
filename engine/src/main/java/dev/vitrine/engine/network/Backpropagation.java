package dev.vitrine.engine.network;

import dev.vitrine.engine.Node;
import dev.vitrine.engine.Op;
import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Tape;
import dev.vitrine.engine.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How gradients pass a network's layers on their way back: by derivative, rule and hooks. */
final class Backpropagation implements Tape.Walk {
  private final Network network;
  private final Map<Node, Step> steps;
  private final Scope scope;
  private final ReluRule rule;
  private boolean ruleApplied;

  Backpropagation(Network network, Map<Node, Step> steps, Scope scope, ReluRule rule) {
    this.network = network;
    this.steps = steps;
    this.scope = scope;
    this.rule = rule;
  }

  @Override
  public List<Tensor> gradients(Node node, Tensor g, boolean[] needed) {
    Step step = steps.get(node);
    if (step == null) { // made by a hook or a caller, not by a layer
      return Tape.derivative(node.op(), node, g, needed);
    }
    if (!isHeard(step)) {
      return derivative(node, g, needed);
    }
    return step.layers().size() == 1
        ? through(step.last(), node, g, needed)
        : apart(step, node, g, needed);
  }

  private boolean isHeard(Step step) {
    Set<String> heard = network.hooks().onBackward();
    return !heard.isEmpty() && step.layers().stream().anyMatch(l -> heard.contains(l.name()));
  }

  private List<Tensor> derivative(Node node, Tensor g, boolean[] needed) {
    Op op = node.op().under(rule);
    ruleApplied |= op.hasRelu();
    return Tape.derivative(op, node, g, needed);
  }

  /** One layer with hooks: what they see stays alive, since they may hold on to it. */
  private List<Tensor> through(Layer layer, Node node, Tensor g, boolean[] needed) {
    List<Tensor> at = derivative(node, g, needed);
    int inputs = layer.inputs().size();
    List<Tensor> seen = Collections.unmodifiableList(at.subList(0, inputs));
    Tensor arriving = scope.view(g, g.shape());
    for (BackwardHook.Each hook : network.hooks().backward(layer)) {
      List<Tensor> by = hook.gradients(new BackwardContext(layer, node, arriving, seen));
      if (by != null) {
        check(layer, node, by, seen);
        seen = by;
      }
    }
    List<Tensor> out = new ArrayList<>(at);
    for (int i = 0; i < inputs; i++) {
      out.set(i, needed[i] ? scope.view(seen.get(i), seen.get(i).shape()) : null);
    }
    return out;
  }

  /**
   * A hook has come since the forward pass that ran these layers as one: they run again one by one
   * from the stored input, and the gradient walks back through each.
   */
  private List<Tensor> apart(Step step, Node node, Tensor g, boolean[] needed) {
    List<Node> nodes = new ArrayList<>();
    List<Tensor> in = node.inputs().subList(0, step.inputs().size());
    for (Layer layer : step.layers()) {
      List<Tensor> arguments = new ArrayList<>(in);
      layer.parameters().forEach(p -> arguments.add(p.value()));
      Node part = Node.run(layer.op(), scope, arguments, true);
      nodes.add(part);
      in = List.of(part.output().named(layer.name()));
    }
    Tensor arriving = g;
    for (int k = nodes.size() - 1; k > 0; k--) {
      boolean[] first = new boolean[nodes.get(k).inputs().size()];
      first[0] = true;
      arriving = through(step.layers().get(k), nodes.get(k), arriving, first).get(0);
    }
    boolean[] own = Arrays.copyOf(needed, nodes.get(0).inputs().size());
    List<Tensor> at = new ArrayList<>(through(step.layers().get(0), nodes.get(0), arriving, own));
    while (at.size() < needed.length) { // a folded bias that the convolution itself has not
      at.add(null);
    }
    return at;
  }

  private static void check(Layer layer, Node node, List<Tensor> by, List<Tensor> seen) {
    if (by.size() != seen.size()) {
      throw new IllegalArgumentException(
          "a backward hook on %s returned %d gradients for %d inputs"
              .formatted(layer.name(), by.size(), seen.size()));
    }
    for (int i = 0; i < by.size(); i++) {
      if (seen.get(i) != null
          && (by.get(i) == null || !by.get(i).shape().equals(node.input(i).shape()))) {
        throw new IllegalArgumentException(
            "a backward hook on %s returned %s for its input %s: shapes must agree"
                .formatted(layer.name(), by.get(i), node.input(i).shape()));
      }
    }
  }

  void checkRuleApplied() {
    if (rule != ReluRule.GRADIENT && !ruleApplied) {
      throw new IllegalArgumentException(
          "rule %s found no ReLU between what is explained and where the gradient is wanted"
              .formatted(rule.name().toLowerCase(Locale.ROOT)));
    }
  }
}
