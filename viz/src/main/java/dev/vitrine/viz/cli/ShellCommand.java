package dev.vitrine.viz.cli;

import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.viz.shell.Session;
import dev.vitrine.viz.shell.Shell;
import dev.vitrine.viz.verify.KnownAnswer;
import dev.vitrine.weights.Model;
import dev.vitrine.weights.image.Picture;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code shell}: JShell with everything imported and a network loaded. */
@Command(
    name = "shell",
    mixinStandardHelpOptions = true,
    description =
        "Opens JShell with everything imported, a network and a photograph: model, network,"
            + " backend, scope, picture and x are set. '/open docs/backprop-to-input.jsh' runs the"
            + " lesson, /exit ends.")
final class ShellCommand implements Callable<Integer> {
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "0..1",
      description = "A photograph. Default: the sample cat.png.")
  private Path image;

  @Override
  public Integer call() {
    Shell.check();
    try (Backend backend = model.openBackend();
        Model loaded = model.open(backend);
        Scope scope = new Scope(backend)) {
      Picture picture = picture(loaded);
      Shape shape = Shape.of(1, picture.height(), picture.width(), 3);
      var x = scope.of(shape, loaded.preprocessing().apply(picture)).named("x");
      CommandOutput.note(
          "x %s is %s as %s takes it; also model, network, backend, scope, picture; /exit ends"
              .formatted(shape, image == null ? "the sample cat.png" : image, loaded.name()));
      return Shell.open(new Session(loaded, scope, picture, x));
    }
  }

  /** At the network's input size. */
  private Picture picture(Model loaded) {
    return image == null
        ? input.fit(Path.of("cat.png"), KnownAnswer.picture("cat"), loaded)
        : input.readInput(image, loaded);
  }
}
