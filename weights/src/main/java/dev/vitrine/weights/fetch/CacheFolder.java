package dev.vitrine.weights.fetch;

import dev.vitrine.engine.UserCache;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The folder for what was downloaded; {@link UserCache} says where.
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
   * @throws FetchException if no folder follows from it
   */
  static CacheFolder of(UnaryOperator<String> environment, UnaryOperator<String> properties) {
    try {
      return new CacheFolder(UserCache.folder(environment, properties));
    } catch (IllegalStateException e) {
      throw new FetchException(e.getMessage(), e);
    }
  }

  /** The folder for models' files. */
  public Path models() {
    return path.resolve("models");
  }

  /** Where a model's file is, or will be. */
  public Path file(RemoteFile file) {
    return models().resolve(file.fileName());
  }
}
