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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What every method shows of one photograph: its top class where a method explains a class, its
 * strongest channel where one explains a channel.
 */
final class Gallery implements AutoCloseable {
  private static final int STRONGEST = 16;
  private static final int DREAM = 480;
  private static final int SIDE = 192;

  private final Model model;
  private final Study study;
  private final String last; // of class activation maps
  private final String layer; // whose channels are shown
  private final ChannelMaps maps;
  private final TargetOptions.Target target;
  private final long seed;
  private final Map<String, Picture> pictures = new LinkedHashMap<>();

  /** Runs the network. */
  Gallery(Model model, InputOptions.Photograph photograph, TargetOptions wanted, long seed) {
    this.model = model;
    this.seed = seed;
    Network network = model.network();
    Shape input = LayerOptions.input(photograph);
    String scored = wanted.layer(model);
    this.last = Study.defaultLayer(model, photograph, scored);
    this.layer = SpatialLayers.depth(network, input, last, DreamCommand.DEPTH);
    List<String> depths = SpatialLayers.depths(network, input, last);
    Set<String> heard = new LinkedHashSet<>(List.of(scored, last, layer));
    heard.addAll(depths);
    this.study = new Study(model, photograph, heard);
    this.maps = ChannelMaps.of(study.run(), layer);
    this.target = wanted.resolve(model, study.run());
  }

  /** The methods that {@link #picture} knows. */
  static List<String> methods() {
    List<String> all = new ArrayList<>();
    for (AttributionMethod method : AttributionMethod.values()) {
      all.add(method.toString());
    }
    all.addAll(CamOptions.NAMES);
    all.addAll(
        List.of("activations", "hypercolumn", "top-images", "graetz", "chollet", "lucid", "dream"));
    return all;
  }

  /** What is explained, as people call it. */
  String explained() {
    return target.people();
  }

  /** The photograph as it is drawn. */
  Picture photograph() {
    return study.photograph().shown();
  }

  /** The mean activation of each channel. */
  double[] means() {
    return maps.means();
  }

  /** The layer whose channels are shown. */
  String layer() {
    return layer;
  }

  /**
   * A method's picture.
   *
   * @throws BadInputException if the method is not for this network
   */
  Picture picture(String method) {
    return pictures.computeIfAbsent(method, this::made);
  }

  private Picture made(String method) {
    if (CamOptions.byName(method).isPresent()) {
      return cam(method, CamOptions.byName(method).orElseThrow());
    }
    return switch (method) {
      case "activations" -> activations();
      case "hypercolumn" -> hypercolumn();
      case "top-images" -> patch();
      case "dream" -> dream();
      case "graetz", "chollet", "lucid" -> maximized(method);
      default -> attribution(AttributionMethod.parse(method));
    };
  }

  private Picture attribution(AttributionMethod method) {
    Attributor attributor =
        new AttributionOptions().attributor(method, model, study.photograph(), last, seed);
    TargetOptions.Target what =
        method == AttributionMethod.DECONVNET
            ? TargetOptions.Target.strongest(study.run(), last)
            : target;
    Attribution made = Attribution.of(study, method, what, attributor);
    int h = made.height();
    int w = made.width();
    return switch (method) {
      // Their colours say little when small: what counts is where.
      case GRADIENT, GRADIENT_X_INPUT, SMOOTHGRAD, INTEGRATED_GRADIENTS ->
          study
              .photograph()
              .asSeen(made.magnitude().picture(HeatMap.Scaling.ROBUST, ColorMap.INFERNO, h, w));
      case OCCLUSION -> over(HeatMap.of(h, w, first(made.gradient())));
      default -> made.picture(study.photograph());
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

  private Picture cam(String name, CamMethod method) {
    String looked =
        CamOptions.defaultLayer(name, model, study.photograph(), target.objective().layer());
    return over(Localization.of(name, name, method, study, target, looked).heat());
  }

  private Picture over(HeatMap heat) {
    return heat.overlay(
        study.photograph().shown(),
        study.photograph().seen(),
        HeatMap.Scaling.POSITIVE,
        ColorMap.INFERNO,
        Opacity.GROWING);
  }

  private Picture activations() {
    return new ChannelGrid(4, 48, ChannelGrid.Scaling.STANDARDIZED, ColorMap.VIRIDIS)
        .of(maps, maps.strongest(STRONGEST));
  }

  private Picture hypercolumn() {
    Shape input = LayerOptions.input(study.photograph());
    List<String> layers = SpatialLayers.depths(model.network(), input, last);
    Hypercolumn columns =
        new Hypercolumn(
            layers.stream().map(l -> ChannelMaps.of(study.run(), l)).toList(),
            input.dim(1),
            input.dim(2));
    PrincipalComponents components = PrincipalComponents.of(columns, 3, round -> {});
    return study
        .photograph()
        .asSeen(HypercolumnCommand.inColor(components.scores(), input.dim(1), input.dim(2)));
  }

  private Picture patch() {
    Network network = model.network();
    Shape input = LayerOptions.input(study.photograph());
    Unit unit = Unit.max(layer, maps.strongest(1).get(0)).resolved(study.run().output(layer));
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

  private Picture maximized(String preset) {
    Recipe recipe =
        Recipe.PRESETS.stream().filter(r -> r.name().equals(preset)).findFirst().orElseThrow();
    int channel = maps.strongest(1).get(0);
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
      return Animation.picture(made.size(), made.size(), made.colors());
    }
  }

  private Picture dream() {
    Picture shown = study.photograph().shown();
    int longer = Math.max(shown.height(), shown.width());
    double scale = Math.min(1, (double) DREAM / longer);
    int h = (int) Math.max(1, Math.round(scale * shown.height()));
    int w = (int) Math.max(1, Math.round(scale * shown.width()));
    Picture small = longer <= DREAM ? shown : Resize.BICUBIC.apply(shown, h, w);
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
      return Animation.picture(h, w, made.colors());
    }
  }

  @Override
  public void close() {
    study.close();
  }
}
