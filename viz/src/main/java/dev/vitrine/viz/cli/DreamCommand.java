package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Dream;
import dev.vitrine.viz.maximize.Film;
import dev.vitrine.viz.maximize.Goal;
import dev.vitrine.viz.maximize.LayerEnergy;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dream}: a photograph in which whatever a layer sees grows stronger. */
@Command(
    name = "dream",
    mixinStandardHelpOptions = true,
    description = "Strengthens in a photograph whatever some layers see in it (DeepDream).")
final class DreamCommand implements Callable<Integer> {
  /** Early layers draw edges, the last ones faint things; in between grow eyes and fur. */
  static final double DEPTH = 0.75;

  /** For networks that take any size. */
  private static final int SIDE = 256;

  private static final int SMALLEST_TILE = 64;
  private static final int LARGEST_TILE = 2048;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph, of any size.")
  private Path image;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "A layer whose mean square is strengthened; repeatable. Default: one three quarters through the"
              + " network.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--objective",
      paramLabel = "SUM",
      description =
          "What is strengthened besides, or instead, as of maximize: layer:NAME and 0.5*layer:NAME,"
              + " a LAYER:CHANNEL and so on.")
  private String objective;

  @Option(
      names = "--octaves",
      paramLabel = "N",
      defaultValue = "4",
      description = "Sizes, from small to the photograph's own. Default: ${DEFAULT-VALUE}.")
  private int octaves;

  @Option(
      names = "--octave-scale",
      paramLabel = "S",
      defaultValue = "1.4",
      description = "From each octave to the next. Default: ${DEFAULT-VALUE}.")
  private double scale;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Steps in each octave. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--rate",
      paramLabel = "R",
      defaultValue = "1.5",
      description =
          "How far a step goes on the average, in 255ths from black to white."
              + " Default: ${DEFAULT-VALUE}.")
  private double rate;

  @Option(
      names = "--tile",
      paramLabel = "PIXELS",
      defaultValue = "512",
      description =
          "The gradient is computed in tiles of at most this side; smaller ones take less memory."
              + " Default: ${DEFAULT-VALUE}.")
  private int tile;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Shrink the photograph before, its longer side to this.")
  private Integer size;

  @Option(
      names = "--animate",
      description = "Beside the picture how it came about, as an animated GIF.")
  private boolean animate;

  @Override
  public Integer call() {
    checkUsage();
    Dream dream = new Dream(octaves, scale, steps, rate, tile);
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      if (loaded.network().inputShape().dim(3) != 3) {
        throw new BadInputException(
            "%s takes %d channels, a photograph has 3: it can't dream of one"
                .formatted(loaded.name(), loaded.network().inputShape().dim(3)));
      }
      loaded.preprocessing();
      Goal goal = goal(loaded);
      Picture original = Picture.read(image);
      Picture photograph = size == null ? original : Resize.BICUBIC.within(original, size);
      int h = photograph.height();
      int w = photograph.width();
      Animation film = animate ? new Animation(1, octaves * steps, h, w) : null;
      long[] done = {0};
      Dream.Dreamt made;
      try (Progress bar =
          Progress.of("dream", 0, dream.work(h, w), new Progress.Unit(" Mpx", 1_000_000))) {
        made =
            dream.of(
                loaded.network(),
                loaded.preprocessing(),
                goal,
                Animation.colors(photograph),
                h,
                w,
                model.seed(),
                film == null ? Film.NONE : film,
                work -> bar.to(done[0] += work));
      }
      write(loaded, goal, h, w, made, film);
    }
    return 0;
  }

  private void checkUsage() {
    if (octaves < 1 || octaves > 20) {
      throw usage("--octaves is " + octaves + "; it can be 1 to 20");
    }
    if (!(scale > 1 && scale <= 4)) {
      throw usage("--octave-scale is " + scale + "; it must be more than 1, and 4 at most");
    }
    if (steps < 1) {
      throw usage("--steps is " + steps + "; it must be 1 or more");
    }
    if (!(rate > 0 && rate <= 255)) {
      throw usage("--rate is " + rate + "; it must be more than 0, and 255 at most");
    }
    if (tile < SMALLEST_TILE || tile > LARGEST_TILE) {
      throw usage("--tile is %d; it can be %d to %d".formatted(tile, SMALLEST_TILE, LARGEST_TILE));
    }
    if (size != null && size < 1) {
      throw usage("--size is " + size + "; it must be 1 or more");
    }
  }

  private Goal goal(Model loaded) {
    List<Goal> goals = new ArrayList<>();
    layers.stream()
        .distinct()
        .forEach(name -> goals.add(new LayerEnergy(LayerNames.known(loaded, name))));
    if (objective != null) {
      goals.add(GoalExpression.parse(objective, loaded, true));
    }
    if (goals.isEmpty()) {
      goals.add(new LayerEnergy(threeQuarters(loaded)));
    }
    Goal sum = goals.stream().reduce(Goal::plus).orElseThrow();
    if (sum.layers().isEmpty()) {
      throw new BadInputException(
          "objective '" + objective + "' asks the network nothing: add a layer");
    }
    return sum;
  }

  private static String threeQuarters(Model loaded) {
    Network network = loaded.network();
    Shape own = network.inputShape();
    Shape input = own.dim(1) > 0 && own.dim(2) > 0 ? own : Shape.of(1, SIDE, SIDE, 3);
    int classes = loaded.hasClasses() ? loaded.classes() : 0;
    String last = SpatialLayers.last(network, input, classes);
    return SpatialLayers.depth(network, input, last, DEPTH);
  }

  private void write(Model loaded, Goal goal, int h, int w, Dream.Dreamt made, Animation film) {
    OutputFolder folder = output.folder();
    String file = InputOptions.stem(image) + "-dream";
    Map<String, Object> record = Provenance.of(command, loaded);
    record.put("method", "dream");
    record.put("image", image.toString());
    record.put("objective", goal.toString());
    record.put("size", new int[] {h, w, 3});
    record.put("before", made.before());
    record.put("after", made.after());
    Path written = folder.png(file, Animation.picture(h, w, made.colors()));
    if (output.raw()) {
      folder.npy(file, new int[] {h, w, 3}, made.colors());
    }
    if (film != null) {
      folder.write(file + ".gif", film.gif(0));
    }
    folder.json(file, record);
    if (output.json()) {
      record.put("picture", written.toString());
      CommandOutput.json(record);
    } else {
      CommandOutput.line(
          "dream: %s from %.4g to %.4g in %s", goal, made.before(), made.after(), written);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
