package dev.vitrine.weights.fetch;

import dev.vitrine.weights.BadInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Where a model's file is taken from: its own address, a mirror, or a file at hand. */
public sealed interface Source {
  /** An address that is asked over HTTP. */
  record Address(URI uri) implements Source {}

  /** A file that someone brought, for a machine without a network. */
  record LocalFile(Path path) implements Source {}

  /** Where the file was published. */
  static Source of(RemoteFile file) {
    return new Address(file.uri());
  }

  /**
   * What a user names: an http or https URL or a file; below a URL that ends in a slash and in a
   * folder, the file's published name is looked for.
   *
   * @throws BadInputException if it is neither, or there is no such file
   */
  static Source parse(String from, RemoteFile file) {
    if (Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]+:/").matcher(from).find()) {
      return address(from, file);
    }
    try {
      return localFile(Path.of(from), file);
    } catch (InvalidPathException e) {
      throw new BadInputException("'" + from + "' is neither a URL nor a file's name", e);
    }
  }

  private static Source address(String from, RemoteFile file) {
    URI uri;
    try {
      uri = new URI(from);
    } catch (URISyntaxException e) {
      throw new BadInputException("'" + from + "' is no URL: " + e.getReason(), e);
    }
    String scheme = uri.getScheme();
    if (scheme.equalsIgnoreCase("file")) {
      try {
        return localFile(Path.of(uri), file);
      } catch (IllegalArgumentException e) {
        throw new BadInputException("'" + from + "' names no file: " + e.getMessage(), e);
      }
    }
    if (!scheme.equalsIgnoreCase("https") && !scheme.equalsIgnoreCase("http")) {
      throw new BadInputException(
          "'" + from + "': " + scheme + " is not supported; expected http, https or a file");
    }
    if (uri.getHost() == null || uri.getPort() > 65_535) {
      throw new BadInputException("'" + from + "' names no host to ask");
    }
    if (uri.getUserInfo() != null) {
      throw new BadInputException(
          scheme
              + "://...@"
              + uri.getHost()
              + ": a name and password in a URL are not supported;"
              + " download the file with another program and give it by its name");
    }
    boolean folder = uri.getRawQuery() == null && RemoteFile.fileName(uri).isEmpty();
    String below = uri.getRawPath().isEmpty() ? "/" + file.fileName() : file.fileName();
    return new Address(folder ? uri.resolve(below) : uri);
  }

  private static Source localFile(Path path, RemoteFile file) {
    Path found = Files.isDirectory(path) ? path.resolve(file.fileName()) : path;
    if (!Files.isRegularFile(found)) {
      throw new BadInputException(
          found
              + ": there is no such file; "
              + file.name()
              + " is "
              + file.fileName()
              + ", "
              + file.size());
    }
    return new LocalFile(found);
  }
}
