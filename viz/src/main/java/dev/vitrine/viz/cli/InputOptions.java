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
  /**
   * Pixels beyond which a picture that has no more detail than the network's input is not drawn.
   */
  private static final double LONGEST = 1024;

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

    /** The part of the original that the network sees, in the original's pixels. */
    Resize.Region seen() {
      return resize.seen(original.height(), original.width(), input.height(), input.width());
    }

    /** A picture at the network's input size in the proportions of what the network saw. */
    Picture asSeen(Picture picture) {
      Resize.Region seen = seen();
      double shrink = Math.min(1, LONGEST / Math.max(seen.height(), seen.width()));
      return Resize.BICUBIC.apply(
          picture,
          (int) Math.max(1, Math.round(seen.height() * shrink)),
          (int) Math.max(1, Math.round(seen.width() * shrink)));
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
