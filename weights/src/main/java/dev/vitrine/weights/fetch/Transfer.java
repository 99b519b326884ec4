package dev.vitrine.weights.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLHandshakeException;

/**
 * Brings the bytes that a part has not got from a server, in as many attempts as it takes while
 * they get on: each goes on where the last one broke off, or from the start if the server doesn't
 * give ranges or the file is another meanwhile.
 */
final class Transfer {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");
  private static final String BY_HAND =
      "try again later, or --from another URL or a file that you have";

  private final HttpSource http;
  private final URI uri;
  private final RemoteFile file;
  private final Partial part;
  private final Patience patience;
  private final FetchListener listener;

  /** An attempt failed in a way that another may not. */
  private static final class Interruption extends Exception {
    private static final long serialVersionUID = 1L;
    private final Duration wait;

    Interruption(String message, Throwable cause) {
      this(message, Duration.ZERO, cause);
    }

    Interruption(String message, Duration wait, Throwable cause) {
      super(message, cause);
      this.wait = wait;
    }
  }

  Transfer(
      HttpSource http,
      URI uri,
      RemoteFile file,
      Partial part,
      Patience patience,
      FetchListener listener) {
    this.http = http;
    this.uri = uri;
    this.file = file;
    this.part = part;
    this.patience = patience;
    this.listener = listener;
  }

  /** Returns when as many bytes are here as the file has. */
  void run() throws InterruptedException {
    long worthIt = Math.max(1, file.bytes() / 100);
    long best = part.length();
    int failures = 0;
    while (part.length() < file.bytes()) {
      try {
        attempt();
      } catch (Interruption e) {
        // The furthest so far, so that a server that always breaks off at the same byte ends it.
        if (part.length() >= best + worthIt) {
          best = part.length();
          failures = 0;
        }
        failures++;
        if (failures >= patience.attempts()) {
          throw new FetchException(
              uri + ": " + e.getMessage() + "; gave up, " + whatStays() + BY_HAND, e);
        }
        Duration pause = patience.after(failures, e.wait);
        listener.note(e.getMessage() + "; trying again in " + seconds(pause));
        Thread.sleep(pause.toMillis());
      }
    }
  }

  private String whatStays() {
    return part.length() == 0
        ? ""
        : "but the first "
            + RemoteFile.readable(part.length())
            + " stay and the next fetch goes on from there; ";
  }

  private void attempt() throws Interruption, InterruptedException {
    try {
      HttpResponse<Body> answer = http.get(uri, part.length(), part.origin().condition(uri));
      try (Body body = answer.body()) {
        if (begin(answer)) {
          receive(body);
        }
      }
    } catch (SSLHandshakeException e) {
      throw new FetchException(
          uri
              + ": no secure connection: "
              + Reason.of(e)
              + "; if a proxy here has a certificate of its own, name a trust store with"
              + " VITRINE_JAVA_OPTS=-Djavax.net.ssl.trustStore=FILE, or give the file by --from",
          e);
    } catch (IOException e) {
      if (Reason.isUnknownHost(e) && part.length() == 0) {
        throw new FetchException(
            uri
                + ": no such host, or no network; without one, bring the file from elsewhere:"
                + " ./vitrine fetch "
                + file.name()
                + " --from FILE",
            e);
      }
      throw new Interruption(Reason.of(e), e);
    }
  }

  /** Makes the part ready for the answer's bytes; false if another request has to be made. */
  private boolean begin(HttpResponse<Body> answer) throws Interruption {
    int status = answer.statusCode();
    HttpHeaders headers = answer.headers();
    if (status == 200) {
      checkEncoding(headers);
      checkSize(headers.firstValueAsLong("Content-Length").orElse(file.bytes()), headers);
      if (part.length() > 0) {
        listener.note("the server sends the file from its start again");
      }
      part.startOver(Origin.of(uri, headers));
      listener.progress(0, file.bytes());
      return true;
    }
    if (status == 206 && part.length() > 0) {
      checkEncoding(headers);
      return beginRange(headers);
    }
    if (status == 416 && part.length() > 0) {
      startOver("the server has nothing from byte " + part.length() + " on");
      return false;
    }
    if (status == 408 || status == 429 || status >= 500) {
      throw new Interruption("the server answers " + status, retryAfter(headers), null);
    }
    throw new FetchException(uri + ": the server answers " + status + meaning(status, headers));
  }

  private boolean beginRange(HttpHeaders headers) throws Interruption {
    String range = headers.firstValue("Content-Range").orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range.strip());
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != part.length()) {
      startOver("asked from byte " + part.length() + " on, the server sends '" + range + "'");
      return false;
    }
    if (!matcher.group(3).equals("*")) {
      checkSize(Long.parseLong(matcher.group(3)), headers);
    }
    if (part.origin().contradicts(Origin.of(uri, headers))) {
      startOver("the file has changed on the server");
      return false;
    }
    part.addPiece();
    return true;
  }

  /** Drops the part; the failure counts, since a server could answer so for ever. */
  private void startOver(String why) throws Interruption {
    part.startOver(Origin.UNKNOWN);
    listener.progress(0, file.bytes());
    throw new Interruption(why + "; starting over", null);
  }

  private void receive(Body body) throws IOException, Interruption, InterruptedException {
    List<ByteBuffer> bytes;
    while ((bytes = body.next(patience.stall())) != null) {
      for (ByteBuffer buffer : bytes) {
        if (part.length() + buffer.remaining() > file.bytes()) {
          part.startOver(Origin.UNKNOWN);
          throw new FetchException(
              uri + ": sends more than the " + exact(file.bytes()) + " expected" + OTHER_FILE);
        }
        part.write(buffer);
      }
      listener.progress(part.length(), file.bytes());
    }
    if (part.length() < file.bytes()) {
      throw new Interruption(
          "the answer ended at byte " + part.length() + " of " + file.bytes(), null);
    }
  }

  private static final String OTHER_FILE =
      "; it is another file, nothing of it was kept; --from names another URL or a file";

  private void checkSize(long declared, HttpHeaders headers) {
    if (declared != file.bytes()) {
      String type =
          headers.firstValue("Content-Type").filter(t -> t.contains("html")).isPresent()
              ? " (a web page)"
              : "";
      throw new FetchException(
          uri
              + ": has "
              + exact(declared)
              + type
              + ", expected "
              + exact(file.bytes())
              + OTHER_FILE);
    }
  }

  private void checkEncoding(HttpHeaders headers) {
    String encoding = headers.firstValue("Content-Encoding").orElse("identity");
    if (!encoding.equalsIgnoreCase("identity")) {
      throw new FetchException(
          uri + ": is sent as " + encoding + ", expected the file as it is" + OTHER_FILE);
    }
  }

  private String meaning(int status, HttpHeaders headers) {
    return switch (status) {
      case 401, 403 -> ", it wants to be asked by someone with the rights; " + BY_HAND;
      case 404, 410 -> ", there is no such file; " + BY_HAND;
      case 407 ->
          ": the proxy wants a name and password; set https_proxy=http://NAME:PASSWORD@HOST:PORT";
      case 301, 302, 303, 307, 308 ->
          " and sends on to "
              + headers.firstValue("Location").orElse("nowhere")
              + ", which is not followed; --from names the final URL";
      default -> ", expected 200; " + BY_HAND;
    };
  }

  private static Duration retryAfter(HttpHeaders headers) {
    // The other form, a date, is rare, and the usual pause does for it.
    return headers
        .firstValue("Retry-After")
        .filter(text -> text.matches("[0-9]{1,9}"))
        .map(text -> Duration.ofSeconds(Long.parseLong(text)))
        .orElse(Duration.ZERO);
  }

  static String exact(long bytes) {
    return String.format(Locale.ROOT, "%,d bytes", bytes);
  }

  static String seconds(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : String.format(Locale.ROOT, "%.3f s", duration.toMillis() / 1e3);
  }
}
