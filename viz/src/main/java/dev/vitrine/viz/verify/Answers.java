package dev.vitrine.viz.verify;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.image.Resize;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Holds what a network says against what is known, and looks for the reason where it is wrong. */
final class Answers {
  /** For networks that take any size. */
  private static final int ANY_SIZE = 96;

  private final Model model;
  private final List<KnownAnswer> known;

  Answers(Model model, List<KnownAnswer> known) {
    this.model = model;
    this.known = known;
  }

  /** One check per picture, and where one is wrong what explains it. */
  List<Check> checks() {
    List<Check> checks = new ArrayList<>();
    for (KnownAnswer answer : known) {
      Prediction said = said(answer, model.preprocessing(), false);
      checks.add(Check.of("answer", holds(answer, said), text(answer, said)));
    }
    if (checks.stream().anyMatch(c -> c.verdict() == Check.Verdict.WRONG)) {
      checks.add(
          Check.wrong(
              "reason",
              explanation()
                  .orElse(
                      "no wrong order of channels, kernels or dense rows explains it, and no other"
                          + " preprocessing: the weights are others, or damaged")));
    }
    return checks;
  }

  /** What a network's input is for a picture, {@code [h, w, 3]}. */
  static float[] input(Model model, Picture picture, Preprocessing how, boolean swapped) {
    int[] size = size(model);
    float[] x = how.apply(Resize.BILINEAR.apply(picture, size[0], size[1]));
    for (int i = 0; swapped && i < x.length; i += 3) {
      float red = x[i];
      x[i] = x[i + 2];
      x[i + 2] = red;
    }
    return x;
  }

  static int[] size(Model model) {
    int[] size = model.inputSize();
    return new int[] {size[0] > 0 ? size[0] : ANY_SIZE, size[1] > 0 ? size[1] : ANY_SIZE};
  }

  private Prediction said(KnownAnswer answer, Preprocessing how, boolean swapped) {
    Network network = model.network();
    int[] size = size(model);
    try (Scope scope = new Scope(network.backend());
        Run run =
            network.forward(
                scope.of(
                    Shape.of(1, size[0], size[1], 3), input(model, answer.picture(), how, swapped)),
                Listen.to(Prediction.layer(model)))) {
      return Prediction.of(model, run);
    }
  }

  private static boolean holds(KnownAnswer answer, Prediction said) {
    int first = said.top(1).get(0);
    return answer.classes().contains(first)
        && (answer.probability().isEmpty()
            || said.probabilities() == null
            || Math.abs(said.probabilities()[first] - answer.probability().getAsDouble())
                < KnownAnswer.WITHIN);
  }

  private boolean allHold(Preprocessing how, boolean swapped) {
    return known.stream().allMatch(answer -> holds(answer, said(answer, how, swapped)));
  }

  private String text(KnownAnswer answer, Prediction said) {
    int first = said.top(1).get(0);
    String expected =
        answer.classes().stream().sorted().map(this::name).collect(Collectors.joining(" or "))
            + (answer.probability().isPresent()
                ? String.format(Locale.ROOT, " (%.4f)", answer.probability().getAsDouble())
                : "");
    return String.format(
        Locale.ROOT,
        "%s is %s%s, expected %s",
        answer.image(),
        name(first),
        said.probabilities() == null
            ? ""
            : String.format(Locale.ROOT, " (%.4f)", said.probabilities()[first]),
        expected);
  }

  private String name(int index) {
    return Prediction.labels(model).get(index).name();
  }

  /**
   * What has to be undone so that every answer is right: the fewest wrong orders, or else another
   * preprocessing.
   */
  private Optional<String> explanation() {
    Network network = model.network();
    int[] size = size(model);
    Map<String, Shape> shapes = network.shapes(Shape.of(1, size[0], size[1], 3));
    List<Breakage> possible =
        EnumSet.allOf(Breakage.class).stream().filter(b -> b.concerns(network, shapes)).toList();
    List<Set<Breakage>> sets = new ArrayList<>();
    for (int count = 1; count <= possible.size(); count++) {
      for (int bits = 1; bits < 1 << possible.size(); bits++) {
        if (Integer.bitCount(bits) == count) {
          Set<Breakage> set = EnumSet.noneOf(Breakage.class);
          for (int i = 0; i < possible.size(); i++) {
            if ((bits >> i & 1) == 1) {
              set.add(possible.get(i));
            }
          }
          sets.add(set);
        }
      }
    }
    for (Set<Breakage> set : sets) {
      if (holdsWithout(set, shapes)) {
        return Optional.of(
            set.stream().map(Breakage::finding).collect(Collectors.joining("; and ")));
      }
    }
    for (Map.Entry<String, Preprocessing> other : preprocessings().entrySet()) {
      if (!other.getValue().equals(model.preprocessing()) && allHold(other.getValue(), false)) {
        return Optional.of(
            "the pictures are prepared wrongly: it is right with --preprocess " + other.getKey());
      }
    }
    return Optional.empty();
  }

  private boolean holdsWithout(Set<Breakage> set, Map<String, Shape> shapes) {
    boolean swapped = set.contains(Breakage.CHANNELS);
    Set<Breakage> inWeights = EnumSet.copyOf(set);
    inWeights.remove(Breakage.CHANNELS);
    if (inWeights.isEmpty()) {
      return allHold(model.preprocessing(), swapped);
    }
    undo(inWeights, shapes, false);
    try {
      return allHold(model.preprocessing(), swapped);
    } finally {
      undo(inWeights, shapes, true);
    }
  }

  private void undo(Set<Breakage> set, Map<String, Shape> shapes, boolean back) {
    model.network().train();
    set.forEach(breakage -> breakage.undo(model.network(), shapes, back));
    model.network().freeze();
  }

  private static Map<String, Preprocessing> preprocessings() {
    Map<String, Preprocessing> named = new LinkedHashMap<>();
    for (String name : List.of("caffe", "tf", "torch", "unit", "none")) {
      named.put(name, Preprocessing.parse(name));
    }
    return named;
  }
}
