package dev.vitrine.weights.fetch;

import java.net.URI;
import java.util.Locale;
import java.util.Objects;

/**
 * A model's file as its makers published it.
 *
 * @param name what a user calls the model
 * @param uri where it was published; the last part of the path is the file's name in the cache
 * @param bytes its size
 * @param md5 its MD5 in 32 lower-case hexadecimal digits
 * @param description one line for people
 * @param licence its licence and whose it is, in one line
 */
public record RemoteFile(
    String name, URI uri, long bytes, String md5, String description, String licence) {
  public RemoteFile {
    Objects.requireNonNull(name);
    if (fileName(uri).isEmpty()) {
      throw new IllegalArgumentException(uri + " names no file");
    }
    if (bytes < 1 || !md5.matches("[0-9a-f]{32}")) {
      throw new IllegalArgumentException(name + ": " + bytes + " bytes, MD5 '" + md5 + "'");
    }
  }

  /** Its name in the cache folder: the one that it was published under. */
  public String fileName() {
    return fileName(uri);
  }

  /** Its size for people, {@code 553 MB}; a megabyte is a million bytes. */
  public String size() {
    return readable(bytes);
  }

  static String fileName(URI uri) {
    String path = uri.getPath() == null ? "" : uri.getPath();
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A size for people; a megabyte is a million bytes. */
  public static String readable(long bytes) {
    if (bytes < 1_000) {
      return bytes == 1 ? "1 byte" : bytes + " bytes";
    }
    double value = bytes / 1e3;
    String unit = "kB";
    for (String next : new String[] {"MB", "GB", "TB"}) {
      if (value < 999.5) {
        break;
      }
      value /= 1e3;
      unit = next;
    }
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f %s" : "%.0f %s", value, unit);
  }
}
