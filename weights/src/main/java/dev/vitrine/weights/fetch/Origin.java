package dev.vitrine.weights.fetch;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.List;

/**
 * Which state of which file a part comes from. Texts that are not known are empty.
 *
 * @param uri the address that was asked
 * @param etag the server's name for the file's state
 * @param lastModified when it was last changed, in the server's words
 */
record Origin(String uri, String etag, String lastModified) {
  static final Origin UNKNOWN = new Origin("", "", "");

  static Origin of(URI uri, HttpHeaders headers) {
    return new Origin(
        uri.toString(),
        headers.firstValue("ETag").orElse("").strip(),
        headers.firstValue("Last-Modified").orElse("").strip());
  }

  /** From its lines; what is not of this form is unknown. */
  static Origin ofLines(List<String> lines) {
    return lines.size() == 3 ? new Origin(lines.get(0), lines.get(1), lines.get(2)) : UNKNOWN;
  }

  List<String> lines() {
    return List.of(uri, etag, lastModified);
  }

  /**
   * What {@code If-Range} says to the server at that address: a strong ETag, or else the date;
   * empty where there is neither, or the part came from elsewhere: mirrors name the same bytes
   * differently, and the hash over the whole decides then.
   */
  String condition(URI asked) {
    if (!uri.equals(asked.toString())) {
      return "";
    }
    return etag.isEmpty() || isWeak() ? lastModified : etag;
  }

  /** Whether the same address now says that the file is another. */
  boolean contradicts(Origin now) {
    if (!uri.equals(now.uri)) {
      return false;
    }
    return etag.isEmpty() || now.etag.isEmpty()
        ? differ(lastModified, now.lastModified)
        : differ(etag, now.etag);
  }

  private boolean isWeak() {
    return etag.startsWith("W/");
  }

  private static boolean differ(String before, String now) {
    return !before.isEmpty() && !now.isEmpty() && !before.equals(now);
  }
}
