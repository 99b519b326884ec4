package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Contrast;
import dev.vitrine.viz.maximize.Direction;
import dev.vitrine.viz.maximize.Diversity;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.LayerEnergy;
import dev.vitrine.viz.maximize.TotalVariation;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.array.Npy;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Goals as users write them: terms with weights, added and subtracted, as in {@code
 * fire8_concat:3@centre - 0.5 * class:goose + layer:fire5_concat - 2 * tv}.
 */
final class GoalExpression {
  static final String FORM =
      "LAYER:CHANNEL, LAYER:CHANNEL@centre, LAYER:CHANNEL@Y,X, LAYER:FILE.npy (a direction),"
          + " class:NAME, layer:NAME, diversity:NAME, tv and l2, each with a weight in front such as"
          + " 0.5*, with ' + ' and ' - ' between them";

  private static final Pattern SIGN = Pattern.compile("\\s+([+-])\\s+");
  private static final Pattern WEIGHED = Pattern.compile("([0-9.]+(?:[eE]-?\\d+)?)\\s*\\*\\s*(.+)");
  private static final Pattern PLACED = Pattern.compile("(.+):(\\d{1,9})(?:@(.+))?");

  private final String text;
  private final Model model;
  private final boolean beforeRelu;

  private GoalExpression(String text, Model model, boolean beforeRelu) {
    this.text = text;
    this.model = model;
    this.beforeRelu = beforeRelu;
  }

  /**
   * Reads one.
   *
   * @param beforeRelu true if channels are maximized before their ReLU
   * @throws BadInputException if it is no such text, or the model has no such layer or class
   */
  static Goal parse(String text, Model model, boolean beforeRelu) {
    return new GoalExpression(text, model, beforeRelu).sum();
  }

  private Goal sum() {
    String rest = text.strip();
    boolean negative = rest.startsWith("-");
    rest = negative ? rest.substring(1).strip() : rest;
    Goal sum = null;
    Matcher sign = SIGN.matcher(rest);
    int from = 0;
    while (sign.find()) {
      sum = added(sum, rest.substring(from, sign.start()), negative);
      negative = sign.group(1).equals("-");
      from = sign.end();
    }
    return added(sum, rest.substring(from), negative);
  }

  private Goal added(Goal sum, String part, boolean negative) {
    Goal term = weighed(part.strip());
    if (sum == null) {
      return negative ? term.times(-1) : term;
    }
    return negative ? sum.minus(term) : sum.plus(term);
  }

  private Goal weighed(String part) {
    Matcher m = WEIGHED.matcher(part);
    if (!m.matches()) {
      return term(part);
    }
    try {
      return term(m.group(2).strip()).times(Double.parseDouble(m.group(1)));
    } catch (NumberFormatException e) {
      throw wrong(part);
    }
  }

  private Goal term(String term) {
    int colon = term.lastIndexOf(':');
    String kind = colon < 0 ? term : term.substring(0, colon);
    String what = term.substring(colon + 1).strip();
    if (colon < 0) {
      return switch (term) {
        case "tv" -> new TotalVariation();
        case "l2" -> new Contrast();
        default -> throw wrong(term);
      };
    }
    return switch (kind) {
      case "class" -> of(logit(what), new Direction.Place.Mean());
      case "layer" -> new LayerEnergy(LayerNames.known(model, what));
      case "diversity" -> new Diversity(LayerNames.known(model, what));
      default -> what.endsWith(".npy") ? direction(kind, Path.of(what)) : channel(term);
    };
  }

  private Feature logit(String name) {
    if (!model.hasClasses()) {
      throw new BadInputException(
          model.name() + " has no classes, its output is maps: name a LAYER:CHANNEL");
    }
    int index = Prediction.labels(model).find(name).index();
    return Feature.logit(model.network(), Prediction.layer(model), index);
  }

  private Goal channel(String term) {
    Matcher m = PLACED.matcher(term);
    if (!m.matches()) {
      throw wrong(term);
    }
    Network network = model.network();
    String layer = LayerNames.known(model, m.group(1));
    int channel = Integer.parseInt(m.group(2));
    Feature feature =
        beforeRelu
            ? Feature.beforeRelu(network, layer, channel)
            : Feature.of(network, layer, channel);
    return of(feature, m.group(3) == null ? new Direction.Place.Mean() : place(m.group(3)));
  }

  /**
   * Reads {@code centre} or {@code Y,X}.
   *
   * @throws BadInputException if it is neither
   */
  static Direction.Place place(String text) {
    if (text.equals("centre") || text.equals("center")) {
      return new Direction.Place.Centre();
    }
    Matcher m = Pattern.compile("(\\d{1,9}),(\\d{1,9})").matcher(text);
    if (!m.matches()) {
      throw new BadInputException(
          "place '" + text + "' is neither centre nor a row and a column such as 6,6");
    }
    return new Direction.Place.At(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
  }

  private static Goal of(Feature feature, Direction.Place place) {
    return Direction.each(List.of(feature), place);
  }

  private Goal direction(String named, Path file) {
    String layer = LayerNames.known(model, named);
    Npy vector = Npy.read(file);
    int channels = Feature.channels(model.network(), layer);
    if (vector.shape().length != 1 || vector.shape()[0] != channels) {
      throw new BadInputException(
          "%s has shape %s; layer %s has %d channels: expected [%d]"
              .formatted(
                  file, java.util.Arrays.toString(vector.shape()), layer, channels, channels));
    }
    return Direction.of(layer, vector.floats());
  }

  private BadInputException wrong(String part) {
    return new BadInputException("objective '%s': '%s' is none of %s".formatted(text, part, FORM));
  }
}
