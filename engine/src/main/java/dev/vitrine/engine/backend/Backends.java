package dev.vitrine.engine.backend;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Finds the backends on the class path and opens the one that a user asks for. */
public final class Backends {
  private Backends() {}

  /** Every provider on the class path, best first. */
  public static List<BackendProvider> all() {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparingInt(BackendProvider::priority).reversed())
        .toList();
  }

  /**
   * Opens a backend for {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N}, or by its own
   * name.
   *
   * @param notice is told, in one line each, what a user should know: a slow fallback, say
   * @throws BackendException if there is none that can be used, with the reason of each
   */
  public static Backend open(String device, boolean tf32, Consumer<String> notice) {
    String kind = device;
    int index = 0;
    int colon = device.indexOf(':');
    if (colon >= 0) {
      kind = device.substring(0, colon);
      try {
        index = Integer.parseInt(device.substring(colon + 1));
      } catch (NumberFormatException e) {
        throw new BackendException(
            "device '" + device + "': what follows the colon must be a number, as in cuda:0", e);
      }
    }
    String wanted = kind;
    List<BackendProvider> candidates =
        all().stream()
            .filter(
                p -> wanted.equals("auto") || wanted.equals(p.device()) || wanted.equals(p.name()))
            .toList();
    if (candidates.isEmpty()) {
      throw new BackendException(
          "device '"
              + device
              + "' is not known; known are auto, "
              + all().stream()
                  .flatMap(p -> List.of(p.device(), p.name()).stream())
                  .distinct()
                  .collect(Collectors.joining(", ")));
    }
    StringBuilder reasons = new StringBuilder();
    for (BackendProvider provider : candidates) {
      Optional<String> missing = provider.missing();
      if (missing.isPresent()) {
        // To 'auto' a machine that never had the device is none of the user's business.
        if (!wanted.equals("auto") || provider.expected()) {
          reasons.append(reasons.isEmpty() ? "" : "; ").append(missing.get());
        }
        continue;
      }
      if (provider.name().equals("reference") && !wanted.equals("reference")) {
        notice.accept(reasons + "; the slow reference backend serves");
      } else if (provider.device().equals("cpu") && wanted.equals("auto") && !reasons.isEmpty()) {
        notice.accept(reasons + "; the CPU serves");
      }
      return provider.open(new DeviceOptions(index, tf32));
    }
    throw new BackendException("no backend for device '" + device + "': " + reasons);
  }
}
