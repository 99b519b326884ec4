package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Contrast;
import dev.vitrine.viz.maximize.Direction;
import dev.vitrine.viz.maximize.Diversity;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.Recipe;
import dev.vitrine.viz.maximize.TotalVariation;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maximize}: the picture that a channel, a class or any objective answers to most. */
@Command(
    name = "maximize",
    mixinStandardHelpOptions = true,
    description = {
      "Makes the pictures that channels or classes answer to most.",
      "Pictures of the same settings that lie in the folder already are kept, so that a run that"
          + " was stopped goes on."
    })
final class MaximizeCommand implements Callable<Integer> {
  private static final int MOST_EXAMPLES = 64;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private RecipeOptions recipe;
  @Mixin private OutputOptions output;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "The layer whose channels are maximized, before their ReLU; repeatable.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = {"--channels", "--channel"},
      paramLabel = "N|N-M|N,M|all",
      description = "Which channels: numbers from 0 and ranges; repeatable. Default: the first 8.")
  private List<String> channels = new ArrayList<>();

  @Option(
      names = "--at",
      paramLabel = "centre|Y,X",
      description = "One position of each channel's map, a neuron. Default: the mean of the map.")
  private String at;

  @Option(
      names = "--class",
      paramLabel = "ID|WORDNET|NAME",
      description = "Maximize this class' logit; repeatable.")
  private List<String> classes = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "SUM",
      description = "Maximize this; repeatable. Terms are " + GoalExpression.FORM + ".")
  private List<String> objectives = new ArrayList<>();

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
      names = "--examples",
      paramLabel = "N",
      defaultValue = "1",
      description = "Pictures of each, side by side from different noises. Default: 1.")
  private int examples;

  @Option(
      names = "--diversity",
      paramLabel = "WEIGHT",
      defaultValue = "0",
      description = "How much the examples are to differ. Default: 0.")
  private double diversity;

  @Option(
      names = "--from-image",
      paramLabel = "IMAGE",
      description = "Start from this photograph, stretched, instead of noise.")
  private Path fromImage;

  @Option(
      names = "--animate",
      description = "Beside each picture how it came about, as an animated GIF.")
  private boolean animate;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Pictures made side by side, as far as they fit into memory. A CPU is no faster with"
              + " more than one, and a picture's rounding then depends on its neighbours."
              + " Default: ${DEFAULT-VALUE}.")
  private int batch;

  /** Pictures made in one go, and what is maximized in them. */
  record Batch(List<Wanted> wanted, Goal goal) {}

  @Override
  public Integer call() {
    checkUsage();
    Recipe method = recipe.recipe();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      loaded.preprocessing();
      if (loaded.network().inputShape().dim(3) != 3) {
        throw new BadInputException(
            "%s takes %d channels, a picture has 3: it can't be maximized"
                .formatted(loaded.name(), loaded.network().inputShape().dim(3)));
      }
      List<Batch> batches = batches(loaded.network(), method, wanted(loaded, method));
      Maximization made =
          new Maximization(command, loaded, method, fromImage, model.seed(), animate, output);
      made.run(batches);
      if (output.json()) {
        CommandOutput.json(made.records());
      }
    }
    return 0;
  }

  private void checkUsage() {
    channels.stream()
        .filter(list -> !list.equals("all"))
        .forEach(list -> Errors.option(command, () -> ChannelList.parse(list)));
    place();
    if (layers.isEmpty() && classes.isEmpty() && objectives.isEmpty()) {
      throw usage(
          "say what to maximize: --layer NAME --channels 0-7, --class NAME, or --objective SUM");
    }
    if (layers.isEmpty() && !channels.isEmpty()) {
      throw usage("--channel needs the --layer that it is a channel of");
    }
    if (layers.isEmpty() && at != null) {
      throw usage("--at needs the --layer that it is a position of");
    }
    if (examples < 1 || examples > MOST_EXAMPLES) {
      throw usage("--examples is " + examples + "; it can be 1 to " + MOST_EXAMPLES);
    }
    if (diversity != 0 && examples == 1) {
      throw usage("--diversity needs several --examples that can differ");
    }
    if (batch < 1) {
      throw usage("--batch is " + batch + "; it must be 1 or more");
    }
    if (batch > 1 && examples > 1) {
      throw usage("--batch and --examples exclude each other: examples are made side by side");
    }
  }

  private Direction.Place place() {
    return at == null
        ? new Direction.Place.Mean()
        : Errors.option(command, () -> GoalExpression.place(at));
  }

  private List<Wanted> wanted(Model loaded, Recipe method) {
    List<Wanted> wanted = new ArrayList<>();
    for (String named : layers.stream().distinct().toList()) {
      String layer = LayerNames.known(loaded, named);
      for (int channel : channels(Feature.channels(loaded.network(), layer))) {
        wanted.add(Wanted.channel(loaded, method, layer, channel, place()));
      }
    }
    for (String name : classes.stream().distinct().toList()) {
      wanted.add(Wanted.ofClass(loaded, method, name));
    }
    for (String text : objectives.stream().distinct().toList()) {
      wanted.add(Wanted.objective(loaded, method, text));
    }
    return wanted;
  }

  private List<Integer> channels(int all) {
    if (channels.contains("all")) {
      return IntStream.range(0, all).boxed().toList();
    }
    return ChannelList.parse(
        channels.isEmpty() ? "0-" + (Math.min(8, all) - 1) : String.join(",", channels));
  }

  /** In the order wanted, side by side what is maximized in one layer, as far as it fits. */
  private List<Batch> batches(Network network, Recipe method, List<Wanted> wanted) {
    List<Batch> batches = new ArrayList<>();
    Map<String, List<Wanted>> byLayer = new LinkedHashMap<>();
    for (Wanted one : wanted) {
      if (examples > 1) {
        batches.add(examples(network, method, one));
      } else if (one.feature() == null || batch == 1) {
        batches.add(new Batch(List.of(one), with(one.goal())));
      } else {
        byLayer.computeIfAbsent(one.feature().layer(), k -> new ArrayList<>()).add(one);
      }
    }
    byLayer.forEach(
        (layer, all) -> {
          int each = Math.min(batch, fitting(network, method, all.get(0)));
          for (int i = 0; i < all.size(); i += each) {
            List<Wanted> some = all.subList(i, Math.min(i + each, all.size()));
            List<Feature> features = some.stream().map(Wanted::feature).toList();
            batches.add(new Batch(some, with(Direction.each(features, place()))));
          }
        });
    return batches;
  }

  private Batch examples(Network network, Recipe method, Wanted wanted) {
    int fitting = fitting(network, method, wanted);
    if (examples > fitting) {
      throw new BadInputException(
          "%d examples of %s side by side: only %d fit into memory; ask for fewer, or a smaller --size"
              .formatted(examples, wanted.people(), fitting));
    }
    List<Wanted> all = IntStream.range(0, examples).mapToObj(wanted::example).toList();
    Goal goal = with(wanted.goal());
    String layer = wanted.goal().layers().iterator().next();
    return new Batch(all, diversity == 0 ? goal : goal.plus(new Diversity(layer).times(diversity)));
  }

  private static int fitting(Network network, Recipe method, Wanted wanted) {
    return method.imagesWithin(
        network.backend().memoryBudget(), network, wanted.goal().layers(), wanted.sizes());
  }

  /** With what counts besides. */
  private Goal with(Goal goal) {
    Goal smooth = tv == 0 ? goal : goal.plus(new TotalVariation().times(tv));
    return l2 == 0 ? smooth : smooth.plus(new Contrast().times(l2));
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
