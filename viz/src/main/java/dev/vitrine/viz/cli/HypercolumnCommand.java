package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.hypercolumn.Hypercolumn;
import dev.vitrine.viz.hypercolumn.PrincipalComponents;
import dev.vitrine.viz.method.ChannelMaps;
import dev.vitrine.viz.render.ChannelPicture;
import dev.vitrine.viz.render.ColorMap;
import dev.vitrine.viz.render.HeatMap;
import dev.vitrine.viz.render.OutputFolder;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

/** {@code hypercolumn}: what several layers say of each pixel. */
@Command(
    name = "hypercolumn",
    mixinStandardHelpOptions = true,
    description =
        "Puts the channels of some layers, resampled to one size, one after the other: their mean"
            + " as a picture, their first three principal components as red, green and blue, and"
            + " with --raw each pixel's vector.")
final class HypercolumnCommand implements Callable<Integer> {
  private static final int COLORS = 3;
  private static final int LARGEST = 4096;

  @Spec private CommandSpec command;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private LayerOptions layers;
  @Mixin private OutputOptions output;

  @Parameters(paramLabel = "IMAGE", description = "A photograph.")
  private Path image;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "Height and width of the result. Default: those of the network's input.")
  private Integer size;

  @Override
  public Integer call() {
    if (size != null && (size < 1 || size > LARGEST)) {
      throw new ParameterException(
          command.commandLine(), "--size is " + size + "; it must be 1 to " + LARGEST);
    }
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend)) {
      InputOptions.Photograph photograph = input.read(image, loaded);
      List<String> chosen = layers.resolveMaps(loaded, photograph);
      try (Study study = new Study(loaded, photograph, new LinkedHashSet<>(chosen))) {
        Hypercolumn columns =
            new Hypercolumn(
                chosen.stream().map(l -> ChannelMaps.of(study.run(), l)).toList(),
                size == null ? photograph.input().height() : size,
                size == null ? photograph.input().width() : size);
        PrincipalComponents components;
        try (Progress bar =
            Progress.of("components", 0, PrincipalComponents.ROUNDS, Progress.Unit.STEPS)) {
          components = PrincipalComponents.of(columns, COLORS, bar::to);
        }
        write(study, chosen, columns, components);
      }
    }
    return 0;
  }

  private void write(
      Study study, List<String> chosen, Hypercolumn columns, PrincipalComponents components) {
    OutputFolder folder = output.folder();
    InputOptions.Photograph photograph = study.photograph();
    String file = photograph.stem() + "-hypercolumn";
    int h = columns.height();
    int w = columns.width();
    Map<String, Object> record = Provenance.of(command, study);
    record.put("method", "hypercolumn");
    record.put("layers", chosen);
    record.put("shape", new int[] {h, w, columns.channels()});
    Path mean =
        folder.png(
            file,
            photograph.asSeen(
                HeatMap.of(h, w, columns.mean())
                    .picture(HeatMap.Scaling.RANGE, ColorMap.INFERNO, h, w)));
    folder.json(file, record);
    if (output.raw()) {
      folder.npy(file, new int[] {h, w, columns.channels()}, columns::row);
    }

    Map<String, Object> inColor = new LinkedHashMap<>(record);
    inColor.put("method", "hypercolumn-components");
    inColor.put("shares", components.shares());
    inColor.put("rounds", components.rounds());
    Path picture =
        folder.png(file + "-components", photograph.asSeen(inColor(components.scores(), h, w)));
    folder.json(file + "-components", inColor);
    if (output.raw()) {
      folder.npy(file + "-components", new int[] {h, w, COLORS}, components.scores());
    }
    if (output.json()) {
      inColor.put("picture", mean.toString());
      inColor.put("components", picture.toString());
      CommandOutput.json(inColor);
    } else {
      double[] shares = components.shares();
      CommandOutput.line("mean of %d channels in %s", columns.channels(), mean);
      CommandOutput.line(
          "components with %.1f, %.1f and %.1f %% of the variance in %s",
          100 * shares[0], 100 * shares[1], 100 * shares[2], picture);
    }
  }

  /** Each component about its mean, two standard deviations to black and to full colour. */
  static Picture inColor(float[] scores, int h, int w) {
    float[] rgb = new float[h * w * COLORS];
    for (int c = 0; c < COLORS; c++) {
      float[] one = new float[h * w];
      for (int p = 0; p < one.length; p++) {
        one[p] = scores[p * COLORS + c];
      }
      float[] drawn = ChannelPicture.standardized(one);
      for (int p = 0; p < one.length; p++) {
        rgb[p * COLORS + c] = 255 * drawn[p];
      }
    }
    return Picture.ofFloats(h, w, rgb);
  }
}
