package dev.vitrine.viz.cli;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Network;
import dev.vitrine.viz.maximize.Feature;
import dev.vitrine.viz.method.SpatialLayers;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.viz.topimages.Progression;
import dev.vitrine.viz.topimages.Ranking;
import dev.vitrine.viz.topimages.Survey;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code top-images}: the photographs, and the patches in them, that excite each channel most. */
@Command(
    name = "top-images",
    mixinStandardHelpOptions = true,
    description =
        "Looks through a folder of photographs for the nine that excite each channel of a layer"
            + " most, and shows them, the patches in them that the strongest unit sees, and the"
            + " deconvnet of each. A run that was stopped goes on where it was.")
final class TopImagesCommand implements Callable<Integer> {
  private static final int NINE = 9;
  private static final int ANY = 256;
  private static final long SAVE_NANOS = 5_000_000_000L;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "DIR", description = "A folder of photographs, and those in it.")
  private Path dir;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "The layer whose channels are looked at. Default: the last one with maps whose channels"
              + " are not the classes.")
  private String layer;

  @Option(
      names = {"--channels", "--channel"},
      paramLabel = "N|N-M|N,M",
      description = "The channels that are drawn; all are ranked. Default: all.")
  private String channels;

  @Override
  public Integer call() {
    if (channels != null) {
      Errors.option(command, () -> ChannelList.parse(channels));
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      input.check(loaded);
      String looked = layer == null ? defaultLayer(loaded) : LayerNames.known(loaded, layer);
      List<Integer> drawn = drawn(loaded, looked);
      PictureFolder pictures = PictureFolder.of(dir, output.path());
      OutputFolder folder = output.folder();
      String stem = pictures.stem() + "-top-images-" + looked;
      Progression found = survey(loaded, looked, pictures, folder, stem + ".state.json");
      if (found.unreadable().size() == pictures.files().size()) {
        throw new BadInputException(
            "%s: none of the %d pictures in it can be read"
                .formatted(dir, pictures.files().size()));
      }
      TopImages images =
          new TopImages(command, loaded, input, looked, pictures, folder, stem, found);
      Map<String, Object> record = images.draw(drawn, NINE, output.raw());
      if (output.json()) {
        CommandOutput.json(record);
      } else {
        Ranking ranking = found.ranking(NINE);
        CommandOutput.line(
            "%s: %d channels over %d photographs%s, %d dead, in %s",
            looked,
            ranking.channels(),
            pictures.files().size() - found.unreadable().size(),
            found.unreadable().isEmpty()
                ? ""
                : " (" + found.unreadable().size() + " unreadable skipped)",
            ranking.dead().size(),
            record.get("picture"));
      }
    }
    return 0;
  }

  private static String defaultLayer(Model loaded) {
    return SpatialLayers.last(
        loaded.network(), size(loaded.network()), loaded.hasClasses() ? loaded.classes() : 0);
  }

  /** The network's input, of some size where any will do. */
  static Shape size(Network network) {
    Shape in = network.inputShape();
    return Shape.of(1, in.dim(1) > 0 ? in.dim(1) : ANY, in.dim(2) > 0 ? in.dim(2) : ANY, in.dim(3));
  }

  private List<Integer> drawn(Model loaded, String looked) {
    int all = Feature.channels(loaded.network(), looked);
    if (channels == null) {
      return IntStream.range(0, all).boxed().toList();
    }
    List<Integer> listed = ChannelList.parse(channels);
    for (int channel : listed) {
      if (channel >= all) {
        throw new BadInputException(
            "layer %s has no channel %d: it has 0 to %d".formatted(looked, channel, all - 1));
      }
    }
    return listed;
  }

  /** Ranks the photographs, from where an earlier run was stopped if it was of the same. */
  private Progression survey(
      Model loaded, String looked, PictureFolder pictures, OutputFolder folder, String file) {
    int all = Feature.channels(loaded.network(), looked);
    Map<String, String> about = about(loaded, looked, pictures);
    Progression before = before(folder, file, about);
    Ranking ranking = before == null ? new Ranking(all, NINE) : before.ranking(NINE);
    int from = before == null ? 0 : before.done();
    Set<Integer> drawn = before == null ? Set.of() : before.drawn();
    Map<String, String> unreadable = new TreeMap<>(before == null ? Map.of() : before.unreadable());
    if (from > 0 && from < pictures.files().size()) {
      CommandOutput.note("goes on at photograph %d of %d".formatted(from, pictures.files().size()));
    }
    Survey survey = new Survey(loaded.network(), looked, p -> prepared(p, loaded));
    try (Progress bar =
        Progress.of("photographs", from, pictures.files().size(), Progress.Unit.STEPS)) {
      long[] saved = {System.nanoTime()};
      survey.run(
          pictures.files(),
          from,
          ranking,
          new Survey.Listener() {
            @Override
            public void unreadable(int number, String why) {
              unreadable.put(pictures.name(number), why);
              bar.note("skipped " + why);
            }

            @Override
            public void done(int files) {
              bar.to(files);
              boolean last = files == pictures.files().size();
              if (last || System.nanoTime() - saved[0] > SAVE_NANOS) {
                Progression now = Progression.of(about, files, unreadable, ranking, drawn);
                folder.text(file, now.json());
                saved[0] = System.nanoTime();
              }
            }
          });
    }
    return Progression.of(about, pictures.files().size(), unreadable, ranking, drawn);
  }

  private Survey.Prepared prepared(Path file, Model loaded) {
    Picture picture = input.readInput(file, loaded);
    return new Survey.Prepared(
        picture.height(), picture.width(), loaded.preprocessing().apply(picture));
  }

  /** The state that an earlier run left, or null if there is none to go on from. */
  private static Progression before(OutputFolder folder, String file, Map<String, String> about) {
    Path state = folder.file(file);
    if (!Files.exists(state)) {
      return null;
    }
    try {
      Optional<Progression> read = Progression.parse(Files.readString(state));
      String changed = read.map(p -> p.changed(about)).orElse("what is written there");
      if (changed.isEmpty()) {
        return read.get();
      }
      CommandOutput.note(
          "%s is of another survey (changed: %s), so this one begins anew"
              .formatted(state, changed));
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(state + " cannot be read", e);
    }
  }

  private Map<String, String> about(Model loaded, String looked, PictureFolder pictures) {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("version", Version.text());
    about.put("model", loaded.hash());
    about.put("layer", looked);
    about.put("preprocessing", loaded.preprocessing().toString());
    about.put("resize", input.check(loaded).toString());
    about.put("backend", loaded.network().backend().name());
    about.put("folder", pictures.folder().toAbsolutePath().normalize().toString());
    about.put("photographs", pictures.fingerprint());
    return about;
  }
}
