package dev.vitrine.viz.cli;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.network.Network;
import dev.vitrine.weights.BadInputException;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import dev.vitrine.weights.image.Resize;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a photograph becomes a network's input. */
final class InputOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--resize",
      paramLabel = "FILTER",
      defaultValue = "bilinear",
      description =
          "bilinear, bicubic, nearest (the whole picture stretched) or crop (its centre)."
              + " Default: ${DEFAULT-VALUE}.")
  private String resize;

  /** Reads a photograph. */
  Photograph read(Path file, Model model) {
    Resize how = check(model);
    Picture original = Picture.read(file);
    Shape shape = shape(file, original, model);
    return Photograph.of(file, original, how, shape.dim(1), shape.dim(2));
  }

  /** Reads no more of a photograph than what the network gets. */
  Picture readInput(Path file, Model model) {
    check(model); // before a file is read that the network does not take
    return fit(file, Picture.read(file), model);
  }

  /** A photograph that has been read, at the network's input size. */
  Picture fit(Path file, Picture original, Model model) {
    Resize how = check(model);
    Shape shape = shape(file, original, model);
    return how.apply(original, shape.dim(1), shape.dim(2));
  }

  /**
   * Checks that the network takes photographs, before one is read.
   *
   * @return how they are brought to its size
   */
  Resize check(Model model) {
    Resize how = Errors.option(command, () -> Resize.parse(resize));
    int channels = model.network().inputShape().dim(3);
    if (channels != 3) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: takes pictures of %d channel%s, a photograph has 3; choose a network for colour"
                  + " pictures with --model",
              model.name(),
              channels,
              channels == 1 ? "" : "s"));
    }
    model.preprocessing(); // asks for what nobody said before anything is computed
    return how;
  }

  private static Shape shape(Path file, Picture original, Model model) {
    Shape shape = model.network().inputShape();
    int h = shape.dim(1) > 0 ? shape.dim(1) : original.height();
    int w = shape.dim(2) > 0 ? shape.dim(2) : original.width();
    Shape input = Shape.of(1, h, w, 3);
    checkFits(file, model.network(), input);
    return input;
  }

  /** A network that takes any size takes a photograph as it is, unless its maps are too large. */
  private static void checkFits(Path file, Network network, Shape input) {
    long elements = network.shapes(input).values().stream().mapToLong(Shape::size).sum();
    // Outputs, their gradients, and the poolings' switches: an upper bound.
    long bytes = 3 * elements * Float.BYTES;
    if (bytes > network.backend().memoryBudget()) {
      throw new BadInputException(
          String.format(
              Locale.ROOT,
              "%s: %d x %d pixels take %d MB in this network, %d may be used; use a smaller copy",
              file,
              input.dim(2),
              input.dim(1),
              bytes >> 20,
              network.backend().memoryBudget() >> 20));
    }
  }

  /** A file's name without its ending: what the results are named after. */
  static String stem(Path file) {
    String name = file.getFileName() == null ? "" : file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  /**
   * A photograph and what the network gets of it.
   *
   * @param shown as read, or where that is larger than any screen, a smaller copy: what results are
   *     drawn on
   * @param input at the network's input size
   * @param seen the part that the network sees, in the pixels of {@code shown}
   */
  record Photograph(Path file, Picture shown, Picture input, Resize resize, Resize.Region seen) {
    /** The longer side of what is drawn; writing twelve million pixels would take seconds. */
    private static final int LONGEST = 1600;

    static Photograph of(Path file, Picture original, Resize resize, int h, int w) {
      int longer = Math.max(original.height(), original.width());
      Picture shown = original;
      if (longer > LONGEST) {
        shown =
            Resize.BILINEAR.apply(
                original,
                scaled(original.height(), LONGEST, longer),
                scaled(original.width(), LONGEST, longer));
      }
      Resize.Region seen = resize.seen(original.height(), original.width(), h, w);
      double down = (double) shown.height() / original.height();
      double right = (double) shown.width() / original.width();
      return new Photograph(
          file,
          shown,
          resize.apply(original, h, w),
          resize,
          new Resize.Region(
              seen.top() * down, seen.left() * right, seen.height() * down, seen.width() * right));
    }

    private static int scaled(int side, int to, int from) {
      return Math.max(1, (int) Math.round((double) side * to / from));
    }

    /** One sentence on what the network got of it. */
    String about() {
      String size = input.width() + " x " + input.height() + " pixels.";
      return resize == Resize.CROP
          ? "The network saw its centre, at " + size
          : "The network saw all of it, at " + size;
    }

    /** What the results are named after. */
    String stem() {
      return InputOptions.stem(file);
    }

    /** A picture at the network's input size, in the proportions of what the network saw. */
    Picture asSeen(Picture picture) {
      return Resize.BICUBIC.apply(
          picture,
          (int) Math.max(1, Math.round(seen.height())),
          (int) Math.max(1, Math.round(seen.width())));
    }

    /** The preprocessed pixels {@code [1, h, w, 3]}. */
    Tensor upload(Scope scope, Model model) {
      return scope
          .of(Shape.of(1, input.height(), input.width(), 3), model.preprocessing().apply(input))
          .named("input");
    }
  }
}
