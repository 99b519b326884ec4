package dev.vitrine.weights.fetch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks a server for a file, or for the end of one. */
final class HttpSource {
  private final HttpClient client;
  private final Patience patience;

  HttpSource(Proxies proxies, Patience patience) {
    this.patience = patience;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            // One long answer gains nothing from HTTP/2, and some servers choke on the offer.
            .version(HttpClient.Version.HTTP_1_1)
            // From https to http is not followed.
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(patience.connect())
            .proxy(proxies.selector());
    proxies.authenticator().ifPresent(builder::authenticator);
    this.client = builder.build();
  }

  /**
   * The answer to one request; its body is to be closed.
   *
   * @param from the first byte wanted
   * @param condition if not empty, the state of the file that the range is of; of another state the
   *     server sends the whole
   * @throws HttpTimeoutException if no answer begins in time
   * @throws IOException if the server can't be reached or the connection breaks
   */
  HttpResponse<Body> get(URI uri, long from, String condition)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("User-Agent", "vitrine")
            // Sizes and ranges count the file's own bytes.
            .header("Accept-Encoding", "identity");
    if (from > 0) {
      request.header("Range", "bytes=" + from + "-");
      if (!condition.isEmpty()) {
        request.header("If-Range", condition);
      }
    }
    CompletableFuture<HttpResponse<Body>> answer =
        client.sendAsync(request.build(), head -> new Body());
    try {
      // The connection has its own, shorter limit, which says more when it is exceeded.
      long limit = patience.connect().plus(patience.stall()).toNanos();
      return answer.get(limit, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new HttpTimeoutException(
          "no answer in " + Transfer.seconds(patience.connect().plus(patience.stall())));
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw new IOException(Reason.of(e.getCause()), e.getCause());
    }
  }
}
