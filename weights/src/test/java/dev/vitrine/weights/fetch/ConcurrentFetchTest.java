package dev.vitrine.weights.fetch;

import static dev.vitrine.weights.fetch.Fetching.PATIENT;
import static dev.vitrine.weights.fetch.Fetching.RIGHT;
import static dev.vitrine.weights.fetch.LoopbackServer.file;
import static dev.vitrine.weights.fetch.LoopbackServer.stalled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.fetch.Fetching.Heard;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several fetches of one file at once, and fetches that end in the middle. */
@Timeout(60)
final class ConcurrentFetchTest {
  private static final String TAG = "\"one\"";

  @TempDir Path home;
  private final CountDownLatch gate = new CountDownLatch(1);
  private LoopbackServer server;

  @AfterEach
  void stop() throws IOException {
    gate.countDown();
    server.close();
  }

  private RemoteFile serve(LoopbackServer.Answer... answers) throws IOException {
    server = new LoopbackServer(answers);
    return Fetching.published(server.uri("/net.h5"));
  }

  private Download download(FetchListener listener) {
    return new Download(new CacheFolder(home), Fetching.settings(PATIENT), listener);
  }

  /** On its own thread: the common pool may have only one, and the HTTP client needs it. */
  private CompletableFuture<Download.Fetched> start(FetchListener listener, RemoteFile file) {
    return CompletableFuture.supplyAsync(
        () -> download(listener).fetch(file), task -> new Thread(task).start());
  }

  private void awaitPart() throws IOException, InterruptedException {
    Path part = home.resolve("models/net.h5.part");
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.exists(part) || Files.size(part) < 30_000) {
      assertThat(System.nanoTime()).as("the part has to come").isLessThan(until);
      Thread.sleep(10);
    }
  }

  @Test
  void twoFetchesAtOnceAskTheServerOnce() throws Exception {
    RemoteFile file = serve(stalled(file(RIGHT, TAG), 30_000, gate));
    CompletableFuture<Download.Fetched> first = start(FetchListener.NONE, file);
    awaitPart();
    Heard heard = new Heard();
    CompletableFuture<Download.Fetched> second = start(heard, file);
    heard.awaitNote("waiting for another fetch");
    gate.countDown();

    assertThat(first.get().wasHere()).isFalse();
    assertThat(second.get().wasHere()).isTrue();
    assertThat(second.get().path()).hasBinaryContent(RIGHT);
    assertThat(server.requests()).hasSize(1);
    assertThat(home.resolve("models").toFile().list()).containsExactly("net.h5");
  }

  @Test
  void aKilledFetchLeavesThePartThatTheNextOneGoesOnWith() throws Exception {
    RemoteFile file = serve(stalled(file(RIGHT, TAG), 30_000, gate), file(RIGHT, TAG));
    Process other =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                home.toString(),
                file.uri().toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("output").toFile())
            .start();
    Heard heard = new Heard();
    CompletableFuture<Download.Fetched> next;
    try {
      awaitPart();
      assertThat(home.resolve("models/net.h5")).doesNotExist();
      next = start(heard, file);
      heard.awaitNote("waiting for another fetch");
    } finally {
      other.destroyForcibly().waitFor();
    }
    assertThat(next.get().path()).hasBinaryContent(RIGHT);
    assertThat(server.requests()).hasSize(2);
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-");
    assertThat(server.requests().get(1).header("if-range")).isEqualTo(TAG);
    assertThat(Files.readString(home.resolve("output"))).isEmpty();
  }

  /** A fetch in a process of its own, to be killed. */
  static final class OtherProcess {
    private OtherProcess() {}

    public static void main(String[] args) {
      new Download(
              new CacheFolder(Path.of(args[0])), Fetching.settings(PATIENT), FetchListener.NONE)
          .fetch(Fetching.published(URI.create(args[1])));
    }
  }

  @Test
  void anInterruptedFetchStopsAtOnceAndLeavesItsPart() throws Exception {
    RemoteFile file = serve(stalled(file(RIGHT, TAG), 30_000, gate));
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                download(FetchListener.NONE).fetch(file);
              } catch (FetchException e) {
                thrown.set(e);
              }
            });
    thread.start();
    awaitPart();
    thread.interrupt();
    thread.join(10_000);
    assertThat(thrown.get()).hasMessageContaining("interrupted");
    assertThat(home.resolve("models/net.h5.part")).hasBinaryContent(Arrays.copyOf(RIGHT, 30_000));
  }

  @Test
  void aFetchThatFailsLetsTheNextOneIn() throws Exception {
    RemoteFile file = serve(LoopbackServer.status(404), file(RIGHT, TAG));
    assertThatThrownBy(() -> download(FetchListener.NONE).fetch(file))
        .isInstanceOf(FetchException.class);
    assertThat(download(FetchListener.NONE).fetch(file).path()).hasBinaryContent(RIGHT);
  }
}
