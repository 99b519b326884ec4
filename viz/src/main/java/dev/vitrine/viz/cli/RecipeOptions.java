package dev.vitrine.viz.cli;

import dev.vitrine.viz.maximize.Optimizer;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.maximize.Transform;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code maximize} goes about it: a preset, and what is different from it. */
final class RecipeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

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

  /** The settings; what cannot be is wrong usage. */
  Recipe recipe() {
    if (size != null && (size < 16 || size > 2048)) {
      throw usage("--size is " + size + "; it can be 16 to 2048");
    }
    if (steps != null && steps < 1) {
      throw usage("--steps is " + steps + "; it must be 1 or more");
    }
    if (rate != null && !(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw usage("--rate is " + rate + "; it must be more than 0");
    }
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

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
