package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.maximize.Contrast;
import dev.vitrine.viz.maximize.Diversity;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.Optimizer;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.maximize.TotalVariation;
import dev.vitrine.viz.maximize.Transform;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maximize}: the picture that a channel or a class answers to most. */
@Command(
    name = "maximize",
    mixinStandardHelpOptions = true,
    description = "Makes the pictures that channels or classes answer to most.")
final class MaximizeCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private OutputOptions output;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "The layer whose channels are maximized, before their ReLU; repeatable.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = {"--channels", "--channel"},
      paramLabel = "N|N-M|N,M",
      description = "Which channels: numbers from 0 and ranges; repeatable. Default: the first 8.")
  private List<String> channels = new ArrayList<>();

  @Option(
      names = "--class",
      paramLabel = "ID|WORDNET|NAME",
      description = "Maximize this class' logit; repeatable.")
  private List<String> classes = new ArrayList<>();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      defaultValue = "graetz",
      description =
          "graetz: from 56 to 408 pixels in 12 rounds of 20 steps, enlarged and blurred between"
              + " them; chollet: 150 pixels, 40 steps; lucid: 128 pixels, 512 steps, a Fourier"
              + " spectrum under random transforms. Default: ${DEFAULT-VALUE}.")
  private String preset;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps in each round. Default: the preset's.")
  private Integer steps;

  @Option(
      names = "--size",
      paramLabel = "N",
      description = "Height and width of the first round, in pixels. Default: the preset's.")
  private Integer size;

  @Option(
      names = "--transforms",
      paramLabel = "LIST",
      description =
          "What is done to the image before each step: none, lucid, or a list such as"
              + " pad:12,jitter:8,scale:0.9-1.1,rotate:10,blur:1. Default: the preset's.")
  private String transforms;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "adam, sgd or normalized. Default: the preset's.")
  private Optimizer.Kind optimizer;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description = "How far a step goes. Default: the preset's.")
  private Double rate;

  @Option(
      names = "--image",
      paramLabel = "NAME",
      description =
          "The numbers that are moved: pixels, input (what the network takes) or fourier."
              + " Default: the preset's.")
  private Recipe.Image image;

  @Option(
      names = "--tv",
      paramLabel = "WEIGHT",
      defaultValue = "0",
      description = "How much the total variation counts; less than 0 smooths. Default: 0.")
  private double tv;

  @Option(
      names = "--l2",
      paramLabel = "WEIGHT",
      defaultValue = "0",
      description = "How much the distance from grey counts; less than 0 pales. Default: 0.")
  private double l2;

  @Option(
      names = "--diversity",
      paramLabel = "WEIGHT",
      defaultValue = "0",
      description = "How much pictures made side by side are to differ, see --batch. Default: 0.")
  private double diversity;

  @Option(
      names = "--from-image",
      paramLabel = "IMAGE",
      description = "Start from this photograph, stretched, instead of noise.")
  private Path fromImage;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Pictures made side by side, as far as they fit into memory. A CPU is no faster with"
              + " more than one, and a picture's rounding then depends on its neighbours."
              + " Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Override
  public Integer call() {
    checkUsage();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      loaded.preprocessing();
      if (loaded.network().inputShape().dim(3) != 3) {
        throw new BadInputException(
            "%s takes %d channels, a picture has 3: it can't be maximized"
                .formatted(loaded.name(), loaded.network().inputShape().dim(3)));
      }
      Recipe method = recipe();
      List<List<Wanted>> batches = batches(loaded, method, wanted(loaded, method));
      Maximization made =
          new Maximization(command, loaded, method, this::beside, fromImage, model.seed(), output);
      made.run(batches);
      if (output.json()) {
        CommandOutput.json(made.records());
      }
    }
    return 0;
  }

  private Recipe recipe() {
    Recipe recipe = preset();
    recipe = steps == null ? recipe : recipe.withSteps(steps);
    recipe = size == null ? recipe : recipe.withStart(size);
    recipe = image == null ? recipe : recipe.withImage(image);
    recipe =
        transforms == null
            ? recipe
            : recipe.withTransforms(Errors.option(command, () -> Transform.parse(transforms)));
    Optimizer own = recipe.optimizer();
    return recipe.withOptimizer(
        new Optimizer(
            optimizer == null ? own.kind() : optimizer,
            rate == null ? own.learningRate() : rate,
            own.weightDecay()));
  }

  private Recipe preset() {
    return Recipe.PRESETS.stream()
        .filter(r -> r.name().equals(preset))
        .findFirst()
        .orElseThrow(
            () ->
                usage("preset '" + preset + "' is not known; known are graetz, chollet and lucid"));
  }

  /** What counts besides the feature itself, or null. */
  private Goal beside(String layer) {
    Goal goal = added(null, tv, new TotalVariation());
    goal = added(goal, l2, new Contrast());
    return added(goal, diversity, new Diversity(layer));
  }

  private static Goal added(Goal goal, double weight, Goal more) {
    if (weight == 0) {
      return goal;
    }
    return goal == null ? more.times(weight) : goal.plus(more.times(weight));
  }

  private void checkUsage() {
    channels.forEach(list -> Errors.option(command, () -> ChannelList.parse(list)));
    preset();
    if (transforms != null) {
      Errors.option(command, () -> Transform.parse(transforms));
    }
    if (size != null && (size < 16 || size > 2048)) {
      throw usage("--size is " + size + "; it can be 16 to 2048");
    }
    if (layers.isEmpty() && classes.isEmpty()) {
      throw usage("say what to maximize: --layer NAME --channels 0-7, or --class NAME");
    }
    if (layers.isEmpty() && !channels.isEmpty()) {
      throw usage("--channel needs the --layer that it is a channel of");
    }
    if (steps != null && steps < 1) {
      throw usage("--steps is " + steps + "; it must be 1 or more");
    }
    if (batch < 1) {
      throw usage("--batch is " + batch + "; it must be 1 or more");
    }
  }

  private List<Wanted> wanted(Model loaded, Recipe method) {
    List<Wanted> wanted = new ArrayList<>();
    for (String named : layers.stream().distinct().toList()) {
      String layer = LayerNames.known(loaded, named);
      int all = Feature.channels(loaded.network(), layer);
      String list = channels.isEmpty() ? "0-" + (Math.min(8, all) - 1) : String.join(",", channels);
      for (int channel : ChannelList.parse(list)) {
        wanted.add(Wanted.channel(loaded, method, layer, channel));
      }
    }
    for (String name : classes.stream().distinct().toList()) {
      wanted.add(Wanted.ofClass(loaded, method, name));
    }
    return wanted;
  }

  /** In the order wanted, side by side what is maximized in one layer, as far as it fits. */
  private List<List<Wanted>> batches(Model loaded, Recipe method, List<Wanted> wanted) {
    Map<String, List<Wanted>> byLayer = new LinkedHashMap<>();
    wanted.forEach(
        w -> byLayer.computeIfAbsent(w.feature().layer(), k -> new ArrayList<>()).add(w));
    List<List<Wanted>> batches = new ArrayList<>();
    byLayer.forEach(
        (layer, all) -> {
          long budget = loaded.network().backend().memoryBudget();
          int fit = method.featuresWithin(budget, loaded.network(), layer, all.get(0).sizes());
          int each = Math.min(batch, fit);
          for (int i = 0; i < all.size(); i += each) {
            batches.add(all.subList(i, Math.min(i + each, all.size())));
          }
        });
    return batches;
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
