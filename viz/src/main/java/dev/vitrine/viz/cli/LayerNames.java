package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.JaroWinklerSimilarity;

/** The layers that a user names. */
final class LayerNames {
  private static final int SUGGESTIONS = 5;

  private LayerNames() {}

  /**
   * Returns the name of a layer that the network has, by that or by its alias.
   *
   * @throws BadInputException if it has none of that name; the message lists the nearest
   */
  static String known(Model model, String name) {
    if (!model.network().has(name)) {
      throw new BadInputException(
          String.format(
              "layer '%s': %s has no such layer; near it are %s, and 'vitrine summary' lists all",
              name, model.name(), nearest(model.network(), name)));
    }
    return model.network().layer(name).name();
  }

  /** True if a layer's output has a part in another's, or is it. */
  static boolean leads(Network network, String from, String to) {
    Set<String> before = new HashSet<>(Set.of(to));
    for (int i = network.layers().size() - 1; i >= 0; i--) {
      Layer layer = network.layers().get(i);
      if (before.contains(layer.name())) {
        before.addAll(layer.inputs());
      }
    }
    return before.contains(from);
  }

  /**
   * Checks that a layer's output has a part in another's.
   *
   * @throws BadInputException if the one does not lead to the other
   */
  static void checkLeads(Network network, String from, String to) {
    if (!leads(network, from, to)) {
      throw new BadInputException(
          String.format(
              "layer %s does not lead to %s, so it has no part in what is explained: name a layer"
                  + " before it with --layer",
              from, to));
    }
  }

  private static String nearest(Network network, String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    JaroWinklerSimilarity similarity = new JaroWinklerSimilarity();
    // A name that begins with the wanted one (fire5: fire5_concat) is nearer than any spelling.
    return network.layers().stream()
        .map(Layer::name)
        .sorted(
            Comparator.comparingDouble(
                n -> {
                  String known = n.toLowerCase(Locale.ROOT);
                  return -similarity.apply(wanted, known) - (known.startsWith(wanted) ? 1 : 0);
                }))
        .limit(SUGGESTIONS)
        .collect(Collectors.joining(", "));
  }
}
