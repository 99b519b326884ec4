package dev.vitrine.engine.network;

import dev.vitrine.engine.op.BatchNorm;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.engine.op.Dense;
import dev.vitrine.engine.op.Pad;
import dev.vitrine.engine.op.Relu;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * What runs as one. A pure function of the network and of the layers that somebody listens to: a
 * convolution or dense layer takes the ReLU after it along, and a convolution the batch
 * normalization after it and the frame of zeros before it, if the one's output goes nowhere else
 * and nobody listens to it. The ReLU rule is no part of it: a fused ReLU knows all rules, so that
 * one forward pass serves several backward passes.
 *
 * @param lastReader of each layer that is read, the number of the last step that reads it
 */
record Plan(List<Step> steps, Map<String, Integer> lastReader) {

  /**
   * Works out a plan.
   *
   * @param shown layers whose outputs somebody wants
   * @param alone layers that must run by themselves, since a hook sees their inputs too
   * @param fold gives the weights of a convolution with a normalization folded in, or null if
   *     normalizations and frames must run by themselves, as in training
   */
  static Plan of(
      List<Layer> layers,
      String output,
      Set<String> shown,
      Set<String> alone,
      BiFunction<Layer, Layer, List<Parameter>> fold) {
    Map<String, List<Layer>> readers = new HashMap<>();
    for (Layer layer : layers) {
      for (String input : layer.inputs()) {
        readers.computeIfAbsent(input, k -> new ArrayList<>()).add(layer);
      }
    }
    Set<String> taken = new HashSet<>();
    List<Step> steps = new ArrayList<>();
    for (Layer layer : layers) {
      if (taken.contains(layer.name())) {
        continue;
      }
      Step step = Step.of(layer);
      for (Step longer = step; longer != null; ) {
        step = longer;
        longer = null;
        List<Layer> next = readers.getOrDefault(step.last().name(), List.of());
        String end = step.last().name();
        boolean hidden = !shown.contains(end) && !alone.contains(end) && !end.equals(output);
        if (hidden
            && next.size() == 1
            && next.get(0).inputs().size() == 1
            && !alone.contains(next.get(0).name())) {
          longer = fuse(step, next.get(0), fold);
        }
      }
      step.layers().forEach(l -> taken.add(l.name()));
      steps.add(step);
    }
    return new Plan(List.copyOf(steps), lastReader(steps));
  }

  private static Map<String, Integer> lastReader(List<Step> steps) {
    Map<String, Integer> last = new HashMap<>();
    for (int s = 0; s < steps.size(); s++) {
      for (String in : steps.get(s).inputs()) {
        last.put(in, s);
      }
    }
    return Map.copyOf(last);
  }

  private static Step fuse(Step step, Layer next, BiFunction<Layer, Layer, List<Parameter>> fold) {
    if (step.op() instanceof Pad frame && next.op() instanceof Conv2d conv && fold != null) {
      return conv.withPadding(frame).map(c -> step.then(next, c, next.parameters())).orElse(null);
    }
    if (step.op() instanceof Conv2d conv && conv.relu() == null) {
      if (next.op() instanceof Relu relu) {
        return step.then(next, conv.withRelu(relu.rule()), step.parameters());
      }
      if (next.op() instanceof BatchNorm && fold != null && step.last().op() instanceof Conv2d) {
        return step.then(next, conv, fold.apply(step.last(), next));
      }
    }
    if (step.op() instanceof Dense dense
        && dense.relu() == null
        && next.op() instanceof Relu relu) {
      return step.then(next, new Dense(relu.rule()), step.parameters());
    }
    return null;
  }
}
