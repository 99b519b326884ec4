package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.page.GalleryPage;
import dev.vitrine.viz.page.MethodNote;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gallery}: every method, side by side for some photographs. */
@Command(
    name = "gallery",
    mixinStandardHelpOptions = true,
    description = "Draws what every method shows of some photographs, side by side in one SVG.")
final class GalleryCommand implements Callable<Integer> {
  private static final int MOST = 4;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private OutputOptions output;

  @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "Photographs, four at most.")
  private List<Path> images;

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description = "Only this one; repeatable. Default: all.")
  private List<String> methods = new ArrayList<>();

  @Override
  public Integer call() {
    if (images.size() > MOST) {
      throw usage(images.size() + " photographs; the drawing has room for " + MOST);
    }
    if (output.raw()) {
      throw usage(
          "--raw is for one method's picture: ask attribute, cam or another command for it");
    }
    List<String> all = new ArrayList<>(Demonstration.methods());
    all.add("spikes");
    for (String method : methods) {
      if (!all.contains(method)) {
        throw usage("method '" + method + "' is not known; known are " + String.join(", ", all));
      }
    }
    all.removeIf(method -> !methods.isEmpty() && !methods.contains(method));
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      List<Picture> photographs = new ArrayList<>();
      List<String> explained = new ArrayList<>();
      List<double[]> means = new ArrayList<>();
      Map<String, List<Picture>> pictures = new LinkedHashMap<>();
      Set<String> refused = new LinkedHashSet<>();
      String layer = null;
      try (Progress bar =
          Progress.of("gallery", 0, (long) all.size() * images.size(), Progress.Unit.STEPS)) {
        for (Path image : images) {
          try (Demonstration shown =
              new Demonstration(
                  loaded, input.read(image, loaded), new TargetOptions(), model.seed())) {
            photographs.add(shown.study().photograph().shown());
            explained.add(shown.target().people());
            layer = shown.layer();
            means.add(shown.means(layer));
            for (String method : all) {
              if (!method.equals("spikes")) {
                pictures
                    .computeIfAbsent(method, k -> new ArrayList<>())
                    .add(picture(shown, method, refused));
              }
              bar.step();
            }
          }
        }
        refused.forEach(bar::note);
      }
      write(loaded, photographs, explained, layer, pictures, all.contains("spikes") ? means : null);
    }
    return 0;
  }

  /** Null, with a reason, where a method is not for this network. */
  private static Picture picture(Demonstration shown, String method, Set<String> refused) {
    try {
      return shown.of(method).picture();
    } catch (BadInputException e) {
      refused.add(method + ": " + e.getMessage());
      return null;
    }
  }

  private void write(
      Model loaded,
      List<Picture> photographs,
      List<String> explained,
      String layer,
      Map<String, List<Picture>> pictures,
      List<double[]> means) {
    GalleryPage page = new GalleryPage("What " + loaded.name() + " sees, by every method");
    page.pictures("Photographs", String.join(", ", explained), "What is explained.", photographs);
    pictures.forEach(
        (method, each) -> {
          MethodNote note = MethodNote.of(method);
          boolean same = method.equals("filters"); // whatever the photograph
          page.pictures(note.title(), note.paper(), note.says(), same ? each.subList(0, 1) : each);
        });
    if (means != null) {
      MethodNote note = MethodNote.of("spikes");
      page.spikes(note.title(), note.paper(), note.says(), means);
    }
    OutputFolder folder = output.folder();
    Map<String, Object> record = Provenance.of(command, loaded);
    record.put("method", "gallery");
    record.put("images", images.stream().map(Path::toString).toList());
    record.put("explained", explained);
    record.put("layer", layer);
    record.put("methods", List.copyOf(pictures.keySet()));
    Path written = folder.text("gallery.svg", page.svg());
    folder.json("gallery", record);
    if (output.json()) {
      record.put("picture", written.toString());
      CommandOutput.json(record);
    } else {
      CommandOutput.line(
          "%d methods by %d photographs in %s", pictures.size(), images.size(), written);
    }
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
