package dev.vitrine.weights.fetch;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The folder for what was downloaded: {@code $VITRINE_HOME}, or else the platform's place for
 * caches: {@code $XDG_CACHE_HOME/vitrine} or {@code ~/.cache/vitrine}, on macOS {@code
 * ~/Library/Caches/vitrine}, on Windows {@code %LOCALAPPDATA%\vitrine}.
 *
 * @param path the folder, which need not be there yet
 */
public record CacheFolder(Path path) {
  /** The folder of the user who runs the program. */
  public static CacheFolder ofUser() {
    return of(System::getenv, System::getProperty);
  }

  /**
   * The folder on a machine with this environment.
   *
   * @param environment a variable's value, or null
   * @param properties Java's {@code os.name} and {@code user.home}
   * @throws FetchException if no folder follows from them
   */
  static CacheFolder of(UnaryOperator<String> environment, UnaryOperator<String> properties) {
    String own = environment.apply("VITRINE_HOME");
    if (own != null && !own.isBlank()) {
      return new CacheFolder(path("VITRINE_HOME", own).toAbsolutePath().normalize());
    }
    String system = properties.apply("os.name").toLowerCase(Locale.ROOT);
    if (system.startsWith("windows")) {
      String local = environment.apply("LOCALAPPDATA");
      return local == null || local.isBlank()
          ? below(home(properties), "AppData", "Local")
          : below(path("LOCALAPPDATA", local));
    }
    if (system.startsWith("mac")) {
      return below(home(properties), "Library", "Caches");
    }
    String xdg = environment.apply("XDG_CACHE_HOME");
    // The XDG specification has relative paths ignored.
    return xdg == null || xdg.isBlank() || !path("XDG_CACHE_HOME", xdg).isAbsolute()
        ? below(home(properties), ".cache")
        : below(path("XDG_CACHE_HOME", xdg));
  }

  /** The folder for models' files. */
  public Path models() {
    return path.resolve("models");
  }

  /** Where a model's file is, or will be. */
  public Path file(RemoteFile file) {
    return models().resolve(file.fileName());
  }

  private static CacheFolder below(Path folder, String... more) {
    Path path = folder;
    for (String name : more) {
      path = path.resolve(name);
    }
    return new CacheFolder(path.resolve("vitrine"));
  }

  private static Path home(UnaryOperator<String> properties) {
    String home = properties.apply("user.home");
    // Java says '?' for a user whom the system does not know, as in some containers.
    if (home == null || home.isBlank() || home.equals("?")) {
      throw new FetchException(
          "no home folder to keep models in; set VITRINE_HOME to a folder for them");
    }
    return path("user.home", home);
  }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new FetchException(variable + " is '" + value + "', which is no folder's name", e);
    }
  }
}
