package dev.vitrine.engine;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;

/**
 * The folder for what can be had again: {@code $VITRINE_HOME}, or else the platform's place for
 * caches: {@code $XDG_CACHE_HOME/vitrine} or {@code ~/.cache/vitrine}, on macOS {@code
 * ~/Library/Caches/vitrine}, on Windows {@code %LOCALAPPDATA%\vitrine}.
 */
public final class UserCache {
  private UserCache() {}

  /**
   * The folder of the user who runs the program, which need not be there yet.
   *
   * @throws IllegalStateException if no folder follows from the environment
   */
  public static Path folder() {
    return folder(System::getenv, System::getProperty);
  }

  /**
   * The folder on a machine with this environment.
   *
   * @param environment a variable's value, or null
   * @param properties Java's {@code os.name} and {@code user.home}
   * @throws IllegalStateException if no folder follows from them
   */
  public static Path folder(UnaryOperator<String> environment, UnaryOperator<String> properties) {
    String own = environment.apply("VITRINE_HOME");
    if (own != null && !own.isBlank()) {
      return path("VITRINE_HOME", own).toAbsolutePath().normalize();
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

  private static Path below(Path folder, String... more) {
    Path path = folder;
    for (String name : more) {
      path = path.resolve(name);
    }
    return path.resolve("vitrine");
  }

  private static Path home(UnaryOperator<String> properties) {
    String home = properties.apply("user.home");
    // Java says '?' for a user whom the system does not know, as in some containers.
    if (home == null || home.isBlank() || home.equals("?")) {
      throw new IllegalStateException(
          "no home folder to keep files in; set VITRINE_HOME to a folder for them");
    }
    return path("user.home", home);
  }

  private static Path path(String variable, String value) {
    try {
      return Path.of(value);
    } catch (InvalidPathException e) {
      throw new IllegalStateException(
          variable + " is '" + value + "', which is no folder's name", e);
    }
  }
}
