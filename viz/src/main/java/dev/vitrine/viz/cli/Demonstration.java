package dev.vitrine.viz.cli;

import dev.vitrine.engine.ReluRule;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.attribution.Attributor;
import dev.vitrine.viz.cam.CamMethod;
import dev.vitrine.viz.hypercolumn.Hypercolumn;
import dev.vitrine.viz.hypercolumn.PrincipalComponents;
import dev.vitrine.viz.maximize.Dream;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Film;
import dev.vitrine.viz.maximize.LayerEnergy;
import dev.vitrine.viz.maximize.Maximized;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.method.Patch;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.viz.method.Unit;
import dev.vitrine.viz.render.ChannelGrid;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.Opacity;
import dev.vitrine.viz.structure.ReceptiveField;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every method shows of one photograph: of a class where a method explains a class, of a
 * layer's strongest channel where one explains a channel.
 */
final class Demonstration implements AutoCloseable {
  private static final int STRONGEST = 16;
  private static final int DREAM = 480;
  private static final int SIDE = 192;

  /** Of a layer's maps or channels; the rest is of a class. */
  static final List<String> OF_LAYERS =
      List.of("activations", "top-images", "graetz", "chollet", "lucid", "dream");

  private final Model model;
  private final Study study;
  private final String last; // of class activation maps
  private final String layer; // whose channels are shown
  private final List<String> depths;
  private final TargetOptions.Target target;
  private final long seed;

  /**
   * A picture.
   *
   * @param picture over the photograph, where it is a map
   * @param heat the map itself where there is one, else null
   * @param scaling the map's
   * @param figures what the method tells in numbers
   */
  record Shown(
      Picture picture, HeatMap heat, HeatMap.Scaling scaling, Map<String, Double> figures) {
    static Shown of(Picture picture, Map<String, Double> figures) {
      return new Shown(picture, null, null, figures);
    }
  }

  /** Runs the network. */
  Demonstration(Model model, InputOptions.Photograph photograph, TargetOptions wanted, long seed) {
    this.model = model;
    this.seed = seed;
    Network network = model.network();
    Shape input = LayerOptions.input(photograph);
    String scored = wanted.layer(model);
    this.last = Study.defaultLayer(model, photograph, scored);
    this.layer = SpatialLayers.depth(network, input, last, DreamCommand.DEPTH);
    this.depths = SpatialLayers.depths(network, input, last);
    Set<String> heard = new LinkedHashSet<>(List.of(scored, last, layer));
    heard.addAll(depths);
    this.study = new Study(model, photograph, heard);
    this.target =
        wanted.isOpen() && !model.hasClasses()
            ? TargetOptions.Target.strongest(study.run(), last)
            : wanted.resolveAll(model, study.run()).get(0);
  }

  /** The methods that {@link #of} knows. */
  static List<String> methods() {
    List<String> all = new ArrayList<>();
    for (AttributionMethod method : AttributionMethod.values()) {
      all.add(method.toString());
    }
    all.addAll(CamOptions.NAMES);
    all.addAll(List.of("filters", "hypercolumn"));
    all.addAll(OF_LAYERS);
    return all;
  }

  /** The run that all methods begin with. */
  Study study() {
    return study;
  }

  /** What is explained unless told otherwise. */
  TargetOptions.Target target() {
    return target;
  }

  /** The layer whose channels are shown unless told otherwise. */
  String layer() {
    return layer;
  }

  /** Layers from early to late, the last one that of class activation maps. */
  List<String> depths() {
    return depths;
  }

  /** The mean activation of each channel of a layer. */
  double[] means(String layer) {
    return maps(layer).means();
  }

  /**
   * What a method shows of what is explained, at the layer that suits it.
   *
   * @throws BadInputException if the method is not for this network
   */
  Shown of(String method) {
    return of(method, target);
  }

  /** The layer that a method of classes looks at unless told otherwise. */
  private String camLayer(String method) {
    return CamOptions.byName(method).isPresent()
        ? CamOptions.defaultLayer(method, model, study.photograph(), target.objective().layer())
        : last;
  }

  /** The same of another target. */
  Shown of(String method, TargetOptions.Target target) {
    return of(method, target, OF_LAYERS.contains(method) ? layer : camLayer(method));
  }

  /**
   * What a method shows.
   *
   * @param target of methods that explain a class
   * @param layer of methods that look at one
   * @throws BadInputException if the method is not for this network
   */
  Shown of(String method, TargetOptions.Target target, String layer) {
    if (CamOptions.byName(method).isPresent()) {
      LayerNames.checkLeads(model.network(), layer, target.objective().layer());
      CamMethod cam = CamOptions.byName(method).orElseThrow();
      return over(Localization.of(method, method, cam, study, target, layer).heat(), Map.of());
    }
    return switch (method) {
      case "activations" -> Shown.of(activations(layer), Map.of());
      case "hypercolumn" -> Shown.of(hypercolumn(), Map.of());
      case "filters" -> Shown.of(FiltersCommand.inColor(model), Map.of());
      case "top-images" -> Shown.of(patch(layer), Map.of());
      case "dream" -> dream(layer);
      case "graetz", "chollet", "lucid" -> maximized(method, layer);
      default -> attribution(AttributionMethod.parse(method), target, layer);
    };
  }

  private Shown attribution(AttributionMethod method, TargetOptions.Target target, String layer) {
    Attributor attributor =
        new AttributionOptions().attributor(method, model, study.photograph(), layer, seed);
    TargetOptions.Target what =
        method == AttributionMethod.DECONVNET
            ? TargetOptions.Target.strongest(study.run(), layer)
            : target;
    Attribution made = Attribution.of(study, method, what, attributor);
    int h = made.height();
    int w = made.width();
    return switch (method) {
      // Their colours say little when small: what counts is where.
      case GRADIENT, GRADIENT_X_INPUT, SMOOTHGRAD, INTEGRATED_GRADIENTS ->
          new Shown(
              study
                  .photograph()
                  .asSeen(made.magnitude().picture(HeatMap.Scaling.ROBUST, ColorMap.INFERNO, h, w)),
              made.magnitude(),
              HeatMap.Scaling.ROBUST,
              made.figures());
      case OCCLUSION -> over(HeatMap.of(h, w, first(made.gradient())), made.figures());
      default -> Shown.of(made.picture(study.photograph()), made.figures());
    };
  }

  /** The first of three channels that are the same. */
  private static float[] first(float[] rgb) {
    float[] first = new float[rgb.length / 3];
    for (int i = 0; i < first.length; i++) {
      first[i] = rgb[3 * i];
    }
    return first;
  }

  private Shown over(HeatMap heat, Map<String, Double> figures) {
    Picture picture =
        heat.overlay(
            study.photograph().shown(),
            study.photograph().seen(),
            HeatMap.Scaling.POSITIVE,
            ColorMap.INFERNO,
            Opacity.GROWING);
    return new Shown(picture, heat, HeatMap.Scaling.POSITIVE, figures);
  }

  private ChannelMaps maps(String layer) {
    return ChannelMaps.of(study.run(), layer);
  }

  private Picture activations(String layer) {
    ChannelMaps maps = maps(layer);
    return new ChannelGrid(4, 48, ChannelGrid.Scaling.STANDARDIZED, ColorMap.VIRIDIS)
        .of(maps, maps.strongest(STRONGEST));
  }

  private Picture hypercolumn() {
    Shape input = LayerOptions.input(study.photograph());
    Hypercolumn columns =
        new Hypercolumn(depths.stream().map(this::maps).toList(), input.dim(1), input.dim(2));
    PrincipalComponents components = PrincipalComponents.of(columns, 3, round -> {});
    return study
        .photograph()
        .asSeen(HypercolumnCommand.inColor(components.scores(), input.dim(1), input.dim(2)));
  }

  private Picture patch(String layer) {
    Network network = model.network();
    Shape input = LayerOptions.input(study.photograph());
    Unit unit =
        Unit.max(layer, maps(layer).strongest(1).get(0)).resolved(study.run().output(layer));
    Unit.Place.At at = (Unit.Place.At) unit.place();
    Patch sees =
        Patch.seen(
            ReceptiveField.of(network, network.shapes(input)).get(layer),
            at.y(),
            at.x(),
            input.dim(1),
            input.dim(2));
    return Projection.of(model, study.photograph(), study.run(), unit, sees, ReluRule.GRADIENT)
        .patch(SIDE);
  }

  private Shown maximized(String preset, String layer) {
    Recipe recipe =
        Recipe.PRESETS.stream().filter(r -> r.name().equals(preset)).findFirst().orElseThrow();
    int channel = maps(layer).strongest(1).get(0);
    Feature feature =
        recipe.beforeRelu()
            ? Feature.beforeRelu(model.network(), layer, channel)
            : Feature.of(model.network(), layer, channel);
    List<Integer> sizes = recipe.sizes(model.network(), feature.layer());
    long[] done = {0};
    try (Progress bar =
        Progress.of(preset, 0, recipe.work(sizes), new Progress.Unit(" Mpx", 1_000_000))) {
      Maximized made =
          recipe
              .maximize(
                  model.network(),
                  model.preprocessing(),
                  List.of(feature),
                  sizes,
                  seed,
                  work -> bar.to(done[0] += work))
              .get(0);
      List<Double> values = made.activations();
      return Shown.of(
          Animation.picture(made.size(), made.size(), made.colors()),
          Map.of(
              "channel", (double) channel,
              "from", values.get(0),
              "to", values.get(values.size() - 1)));
    }
  }

  private Shown dream(String layer) {
    Picture small = Resize.BICUBIC.within(study.photograph().shown(), DREAM);
    int h = small.height();
    int w = small.width();
    Dream dream = Dream.PUBLISHED;
    long[] done = {0};
    try (Progress bar =
        Progress.of("dream", 0, dream.work(h, w), new Progress.Unit(" Mpx", 1_000_000))) {
      Dream.Dreamt made =
          dream.of(
              model.network(),
              model.preprocessing(),
              new LayerEnergy(layer),
              Animation.colors(small),
              h,
              w,
              seed,
              Film.NONE,
              work -> bar.to(done[0] += work));
      return Shown.of(
          Animation.picture(h, w, made.colors()),
          Map.of("from", made.before(), "to", made.after()));
    }
  }

  @Override
  public void close() {
    study.close();
  }
}
