package dev.vitrine.viz.cli;

import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Direction;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.method.Prediction;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Label;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One picture that {@code maximize} is to make.
 *
 * @param group what a grid of such pictures is called: the layer, {@code class} or {@code
 *     objective}
 * @param name of the picture in its group, as it stands in the file's name
 * @param people as people read it
 * @param noise which of the seed's noises it starts from
 * @param feature what is maximized where that is one feature, or null
 * @param goal what is maximized
 * @param sizes of the rounds
 * @param about its own part of the record
 */
record Wanted(
    String group,
    String name,
    String people,
    long noise,
    Feature feature,
    Goal goal,
    List<Integer> sizes,
    Map<String, Object> about) {
  private static final int LONGEST_NAME = 80;

  /** A channel of a layer, its map's mean or one place. */
  static Wanted channel(
      Model model, Recipe method, String layer, int channel, Direction.Place place) {
    Feature feature =
        method.beforeRelu()
            ? Feature.beforeRelu(model.network(), layer, channel)
            : Feature.of(model.network(), layer, channel);
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("layer", layer);
    about.put("channel", channel);
    String where = where(place);
    return of(
        layer,
        channel + where.replace('@', '-').replace(',', '-'),
        layer + ":" + channel + where,
        feature,
        place,
        method.sizes(model.network(), feature.layer()),
        about);
  }

  private static String where(Direction.Place place) {
    return place instanceof Direction.Place.At at
        ? "@" + at.y() + "," + at.x()
        : place instanceof Direction.Place.Centre ? "@centre" : "";
  }

  /**
   * A class' logit.
   *
   * @throws BadInputException if the network has no classes, or if they need images of one size
   */
  static Wanted ofClass(Model model, Recipe method, String name) {
    Network network = model.network();
    if (!model.hasClasses()) {
      throw new BadInputException(
          model.name() + " has no classes, its output is maps: name a --layer and --channel");
    }
    Label label = Prediction.labels(model).find(name);
    Feature feature = Feature.logit(network, Prediction.layer(model), label.index());
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("class", label.index());
    about.put("wordnet", label.wordnet());
    about.put("name", label.name());
    return of(
        "class",
        Integer.toString(label.index()),
        label.name().replace('_', ' '),
        feature,
        new Direction.Place.Mean(),
        method.sizes(network, feature.layer()),
        about);
  }

  private static Wanted of(
      String group,
      String name,
      String people,
      Feature feature,
      Direction.Place place,
      List<Integer> sizes,
      Map<String, Object> about) {
    Map<String, Object> maximized = new LinkedHashMap<>();
    maximized.put("layer", feature.layer());
    maximized.put("channel", feature.channel());
    maximized.put("negative", feature.negative());
    about.put("maximized", maximized);
    Goal goal = Direction.each(List.of(feature), place);
    return new Wanted(group, name, people, feature.channel(), feature, goal, sizes, about);
  }

  /**
   * Whatever was asked for.
   *
   * @throws BadInputException if there are no such layers or classes
   */
  static Wanted objective(Model model, Recipe method, String text) {
    Goal goal = GoalExpression.parse(text, model, method.beforeRelu());
    if (goal.layers().isEmpty()) {
      throw new BadInputException("objective '" + text + "' asks the network nothing: add a layer");
    }
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("objective", text);
    about.put("maximized", goal.toString());
    return new Wanted(
        "objective",
        fileName(text.strip()),
        text.strip(),
        0,
        null,
        goal,
        method.sizes(model.network(), goal.layers()),
        about);
  }

  /** Different texts have different names, as long as nobody makes it hard. */
  private static String fileName(String text) {
    String name =
        text.replaceAll("^-\\s*|\\s-\\s", " minus ")
            .replaceAll("\\s\\+\\s", " plus ")
            .strip()
            .replaceAll("[^A-Za-z0-9._@,]+", "-");
    return name.length() <= LONGEST_NAME
        ? name
        : name.substring(0, LONGEST_NAME) + "-" + Integer.toHexString(text.hashCode());
  }

  /** True if a picture of it that lies there need not be made again. */
  boolean isKept() {
    return !group.equals("objective"); // one may name files, which change
  }

  /** The same from another noise: one of several pictures of it, from 0. */
  Wanted example(int number) {
    Map<String, Object> more = new LinkedHashMap<>(about);
    more.put("example", number);
    return new Wanted(
        group,
        name + "-example" + number,
        people + ", example " + number,
        noise + ((long) number << 32),
        null,
        goal,
        sizes,
        more);
  }

  /** What the picture is called, without the ending. */
  String file() {
    return group + "-" + name;
  }
}
