package dev.vitrine.viz.cli;

import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.weights.image.Picture;
import java.util.Arrays;
import java.util.Set;

/**
 * Loads what a command will need while its options are read: libraries, and the readers of
 * pictures. Who needs one of them earlier waits for it; what cannot be loaded is said by whoever
 * asks for it.
 */
final class Preparation {
  /** Those that run no network, or look at devices one by one. */
  private static final Set<String> WITHOUT = Set.of("models", "fetch", "devices");

  private Preparation() {}

  static void begin(String[] args) {
    boolean runs =
        args.length > 0
            && CommandLineInterface.COMMANDS.containsKey(args[0])
            && !WITHOUT.contains(args[0])
            && Arrays.stream(args).noneMatch(a -> a.contains("cuda") || a.contains("reference"));
    if (runs) {
      Thread thread = new Thread(Preparation::load, "preparation");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void load() {
    Backends.all().stream()
        .filter(provider -> provider.device().equals("cpu"))
        .findFirst()
        .ifPresent(BackendProvider::missing);
    Picture.prepare();
  }
}
