package dev.vitrine.viz.cli;

import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.network.Layer;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.op.Conv2d;
import dev.vitrine.viz.render.FilterGrid;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code filters}: convolution kernels as pictures. */
@Command(
    name = "filters",
    mixinStandardHelpOptions = true,
    description =
        "Draws convolution kernels about neutral grey: those on the photograph's colours in colour,"
            + " deeper ones as a grid, a row for each filter, a column for each channel it reads.")
final class FiltersCommand implements Callable<Integer> {
  private static final int SHOWN = 64;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private OutputOptions output;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "A convolution; repeatable. Default: the first.")
  private List<String> layers = new ArrayList<>();

  @Option(
      names = "--channels",
      paramLabel = "N|N-M|N,M",
      description =
          "Which filters: numbers from 0 and ranges. Default: all in colour, the first 64 else.")
  private String channels;

  @Option(
      names = "--inputs",
      paramLabel = "N|N-M|N,M",
      description = "Which of the channels that a filter reads. Default: the first 64.")
  private String inputs;

  /** A convolution under the name that the user knows. */
  private record Convolution(String name, Layer layer) {
    Tensor kernel() {
      return layer.parameters().get(0).value();
    }
  }

  @Override
  public Integer call() {
    for (String list : new String[] {channels, inputs}) {
      if (list != null) {
        Errors.option(command, () -> ChannelList.parse(list));
      }
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      List<Convolution> chosen = chosen(loaded);
      List<Picture> pictures = new ArrayList<>();
      List<Map<String, Object>> records = new ArrayList<>();
      for (Convolution one : chosen) {
        Map<String, Object> record = Provenance.of(command, loaded);
        pictures.add(draw(loaded, one, record));
        records.add(record);
      }
      write(loaded, chosen, pictures, records);
    }
    return 0;
  }

  private List<Convolution> chosen(Model loaded) {
    Network network = loaded.network();
    if (layers.isEmpty()) {
      Layer first = first(loaded);
      return List.of(new Convolution(people(network, first.name()), first));
    }
    return layers.stream()
        .distinct()
        .map(
            name -> {
              Layer layer = network.layer(LayerNames.known(loaded, name));
              boolean finished = !(layer.op() instanceof Conv2d) && network.has(name + ".pre");
              Layer convolution = finished ? network.layer(name + ".pre") : layer;
              if (!(convolution.op() instanceof Conv2d)) {
                throw new BadInputException(
                    "layer %s is a %s, no convolution: 'vitrine summary' lists what is"
                        .formatted(name, layer.op().type()));
              }
              return new Convolution(name, convolution);
            })
        .toList();
  }

  private static Layer first(Model loaded) {
    return loaded.network().layers().stream()
        .filter(l -> l.op() instanceof Conv2d)
        .findFirst()
        .orElseThrow(
            () ->
                new BadInputException(
                    loaded.name() + " has no convolution, so there are no filters to draw"));
  }

  /**
   * The kernels of the first convolution.
   *
   * @throws BadInputException if there is none, or it does not read colours
   */
  static Picture inColor(Model loaded) {
    Tensor kernel = first(loaded).parameters().get(0).value();
    int[] shape = kernel.shape().dims();
    if (shape[2] != 3) {
      throw new BadInputException(
          "the first convolution of %s reads %d channels, no colours"
              .formatted(loaded.name(), shape[2]));
    }
    boolean bgr = loaded.hasPreprocessing() && loaded.preprocessing().bgr();
    List<Integer> all = IntStream.range(0, shape[3]).boxed().toList();
    return FilterGrid.colors(kernel.toFloats(), shape, all, bgr);
  }

  /** Keras' name of a layer whose activation is a layer of its own here. */
  private static String people(Network network, String name) {
    String bare = name.endsWith(".pre") ? name.substring(0, name.length() - 4) : name;
    return network.has(bare) ? bare : name;
  }

  private Picture draw(Model loaded, Convolution one, Map<String, Object> record) {
    int[] shape = one.kernel().shape().dims();
    float[] kernel = one.kernel().toFloats();
    boolean color = shape[2] == 3 && one.layer().equals(first(loaded));
    List<Integer> out = listed(channels, shape[3], color ? shape[3] : SHOWN, one, "filter");
    List<Integer> in = listed(inputs, shape[2], color ? 3 : SHOWN, one, "input channel");
    record.put("method", "filters");
    record.put("layer", one.name());
    record.put("shape", shape);
    record.put("channels", out);
    if (color && inputs == null) {
      boolean bgr = loaded.hasPreprocessing() && loaded.preprocessing().bgr();
      return FilterGrid.colors(kernel, shape, out, bgr);
    }
    record.put("inputs", in);
    if ((channels == null && out.size() < shape[3]) || (inputs == null && in.size() < shape[2])) {
      CommandOutput.note(
          "%s has %d filters on %d channels: the first %d on the first %d are drawn, others with --channels and --inputs"
              .formatted(one.name(), shape[3], shape[2], out.size(), in.size()));
    }
    return FilterGrid.matrix(kernel, shape, out, in);
  }

  private static List<Integer> listed(
      String list, int all, int shown, Convolution one, String what) {
    if (list == null) {
      return IntStream.range(0, Math.min(all, shown)).boxed().toList();
    }
    List<Integer> listed = ChannelList.parse(list);
    for (int channel : listed) {
      if (channel >= all) {
        throw new BadInputException(
            "%s has no %s %d: it has 0 to %d".formatted(one.name(), what, channel, all - 1));
      }
    }
    return listed;
  }

  private void write(
      Model loaded,
      List<Convolution> chosen,
      List<Picture> pictures,
      List<Map<String, Object>> records) {
    OutputFolder folder = output.folder();
    List<String> names = chosen.stream().map(Convolution::name).toList();
    for (int i = 0; i < chosen.size(); i++) {
      Convolution one = chosen.get(i);
      String file = LayerOptions.file(loaded.name(), "filters", one.name(), names);
      Path written = folder.png(file, pictures.get(i));
      folder.json(file, records.get(i));
      if (output.raw()) {
        folder.npy(file, one.kernel().shape().dims(), one.kernel().toFloats());
      }
      records.get(i).put("picture", written.toString());
      if (!output.json()) {
        CommandOutput.line("%s: kernel %s in %s", one.name(), one.kernel().shape(), written);
      }
    }
    if (output.json()) {
      CommandOutput.json(records.size() == 1 ? records.get(0) : records);
    }
  }
}
