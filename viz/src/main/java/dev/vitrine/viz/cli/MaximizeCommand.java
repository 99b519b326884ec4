package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.maximize.Graetz;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
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
              + " them. Default: ${DEFAULT-VALUE}.")
  private String preset;

  @Option(names = "--steps", paramLabel = "N", description = "Steps in each round. Default: 20.")
  private Integer steps;

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
      Graetz method = steps == null ? Graetz.PUBLISHED : Graetz.PUBLISHED.withSteps(steps);
      List<List<Wanted>> batches = batches(loaded, method, wanted(loaded, method));
      Maximization made = new Maximization(command, loaded, method, model.seed(), output);
      made.run(batches);
      if (output.json()) {
        CommandOutput.json(made.records());
      }
    }
    return 0;
  }

  private void checkUsage() {
    channels.forEach(list -> Errors.option(command, () -> ChannelList.parse(list)));
    if (!preset.equals("graetz")) {
      throw usage("preset '" + preset + "' is not known; known is graetz");
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

  private List<Wanted> wanted(Model loaded, Graetz method) {
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
  private List<List<Wanted>> batches(Model loaded, Graetz method, List<Wanted> wanted) {
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
