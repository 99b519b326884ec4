package dev.vitrine.viz.cli;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** How a photograph becomes a network's input. */
final class InputOptions {
  @Option(
      names = "--resize",
      paramLabel = "FILTER",
      defaultValue = "bilinear",
      description =
          "bilinear, bicubic, nearest (the whole picture stretched) or crop (its centre)."
              + " Default: ${DEFAULT-VALUE}.")
  private String resize;

  Resize resize() {
    return Resize.parse(resize);
  }

  /** Reads a photograph. */
  Photograph read(Path file, Model model) {
    return Photograph.of(file, Picture.read(file), resize(), model);
  }

  /**
   * A photograph and what the network gets of it.
   *
   * @param original as read
   * @param input at the network's input size
   */
  record Photograph(Path file, Picture original, Picture input, Resize resize) {
    static Photograph of(Path file, Picture original, Resize resize, Model model) {
      Shape shape = model.network().inputShape();
      int h = shape.dim(1) > 0 ? shape.dim(1) : original.height();
      int w = shape.dim(2) > 0 ? shape.dim(2) : original.width();
      return new Photograph(file, original, resize.apply(original, h, w), resize);
    }

    /** The file's name without its ending: what the results are named after. */
    String stem() {
      String name = file.getFileName().toString();
      int dot = name.lastIndexOf('.');
      return dot > 0 ? name.substring(0, dot) : name;
    }

    /** The preprocessed pixels {@code [1, h, w, 3]}. */
    Tensor upload(Scope scope, Model model) {
      Shape shape = Shape.of(1, input.height(), input.width(), 3);
      if (model.network().inputShape().dim(3) != 3) {
        throw new BadInputException(
            String.format(
                Locale.ROOT,
                "%s takes %d channels, a photograph has 3: it can't be explained with photographs",
                model.name(),
                model.network().inputShape().dim(3)));
      }
      return scope.of(shape, model.preprocessing().apply(input)).named("input");
    }
  }
}
