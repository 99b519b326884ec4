package dev.vitrine.weights.fetch;

import java.io.Closeable;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An answer's bytes, taken one after the other with a limit on the wait for each; the client's own
 * streams have none. What came before a connection broke is handed out before the error.
 */
final class Body implements BodySubscriber<Body>, Closeable {
  /** Some bytes, or the end, which has an error where it came too soon. */
  private record Item(List<ByteBuffer> bytes, boolean end, Throwable error) {}

  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private Subscription subscription;
  private boolean closed;

  @Override
  public CompletionStage<Body> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public synchronized void onSubscribe(Subscription subscription) {
    this.subscription = subscription;
    if (closed) {
      subscription.cancel();
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    items.add(new Item(bytes, false, null));
  }

  @Override
  public void onError(Throwable error) {
    items.add(new Item(List.of(), true, error));
  }

  @Override
  public void onComplete() {
    items.add(new Item(List.of(), true, null));
  }

  /**
   * The next bytes, or null at the end.
   *
   * @throws HttpTimeoutException if none come for that long
   * @throws IOException if the connection breaks
   */
  List<ByteBuffer> next(Duration stall) throws IOException, InterruptedException {
    Item item = items.poll(stall.toNanos(), TimeUnit.NANOSECONDS);
    if (item == null) {
      throw new HttpTimeoutException("nothing came for " + Transfer.seconds(stall));
    }
    if (item.error() != null) {
      throw new IOException("the connection broke: " + Reason.of(item.error()), item.error());
    }
    if (item.end()) {
      return null;
    }
    synchronized (this) {
      subscription.request(1);
    }
    return item.bytes();
  }

  /** Ends the transfer, whatever is left of it. */
  @Override
  public synchronized void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
