package dev.vitrine.weights.fetch;

import static dev.vitrine.weights.fetch.Fetching.PATIENT;
import static dev.vitrine.weights.fetch.Fetching.RIGHT;
import static dev.vitrine.weights.fetch.Fetching.SIZE;
import static dev.vitrine.weights.fetch.Fetching.WRONG;
import static dev.vitrine.weights.fetch.LoopbackServer.answer;
import static dev.vitrine.weights.fetch.LoopbackServer.cut;
import static dev.vitrine.weights.fetch.LoopbackServer.file;
import static dev.vitrine.weights.fetch.LoopbackServer.range;
import static dev.vitrine.weights.fetch.LoopbackServer.stalled;
import static dev.vitrine.weights.fetch.LoopbackServer.status;
import static dev.vitrine.weights.fetch.LoopbackServer.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.fetch.Fetching.Heard;
import dev.vitrine.weights.fetch.LoopbackServer.Answer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on this machine that does everything wrong that servers do. */
@Timeout(60)
final class DownloadTest {
  private static final String TAG = "\"one\"";

  @TempDir Path home;
  private final Heard heard = new Heard();
  private final CountDownLatch end = new CountDownLatch(1);
  private LoopbackServer server;

  @AfterEach
  void stop() throws IOException {
    end.countDown();
    if (server != null) {
      server.close();
    }
  }

  private RemoteFile serve(Answer... answers) throws IOException {
    server = new LoopbackServer(answers);
    return Fetching.published(server.uri("/models/net.h5"));
  }

  private Path fetch(RemoteFile file) {
    return fetch(file, PATIENT);
  }

  private Path fetch(RemoteFile file, Patience patience) {
    return new Download(new CacheFolder(home), Fetching.settings(patience), heard)
        .fetch(file)
        .path();
  }

  private Path models() {
    return home.resolve("models");
  }

  private Path part() {
    return models().resolve("net.h5.part");
  }

  private List<String> filesThere() throws IOException {
    try (Stream<Path> files = Files.list(models())) {
      return files.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private void leavePart(byte[] bytes, Origin origin) throws IOException {
    Files.createDirectories(models());
    Files.write(part(), bytes);
    Files.write(models().resolve("net.h5.part.origin"), origin.lines());
  }

  private void holdsTheRightFileOnly(Path path) throws IOException {
    assertThat(path).isEqualTo(models().resolve("net.h5")).hasBinaryContent(RIGHT);
    assertThat(filesThere()).containsExactly("net.h5");
  }

  private void refuses(RemoteFile file, String... parts) throws IOException {
    assertThatThrownBy(() -> fetch(file))
        .isInstanceOf(FetchException.class)
        .hasMessageNotContaining("\n")
        .hasMessageContaining(file.uri().toString())
        .hasMessageContainingAll(parts);
    assertThat(models().resolve("net.h5")).doesNotExist();
  }

  @Test
  void aFileArrivesWholeUnderItsOwnName() throws IOException {
    holdsTheRightFileOnly(fetch(serve(file(RIGHT, TAG))));
    assertThat(server.ranges()).containsExactly((String) null);
    assertThat(server.requests().get(0).target()).isEqualTo("/models/net.h5");
    assertThat(server.requests().get(0).header("accept-encoding")).isEqualTo("identity");
    assertThat(heard.progress).isSorted().startsWith(0L).endsWith((long) SIZE);
    assertThat(heard.notes).isEmpty();
  }

  @Test
  void aFileOfUnsaidLengthArrives() throws IOException {
    holdsTheRightFileOnly(fetch(serve(answer(200, RIGHT))));
  }

  @Test
  void aCutAnswerIsGoneOnWithWhereItBroke() throws IOException {
    holdsTheRightFileOnly(fetch(serve(cut(file(RIGHT, TAG), 30_000), file(RIGHT, TAG))));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-");
    assertThat(server.requests().get(1).header("if-range")).isEqualTo(TAG);
    assertThat(heard.progress).isSorted();
    assertThat(heard.notes).singleElement().asString().contains("trying again");
  }

  @Test
  void anAnswerCutAgainAndAgainIsPiecedTogetherWhileItGetsOn() throws IOException {
    Answer bit = cut(file(RIGHT, TAG), 9_000);
    holdsTheRightFileOnly(fetch(serve(bit), Fetching.patience(PATIENT.stall(), 2)));
    assertThat(server.requests()).hasSize(12);
  }

  @Test
  void aServerThatAlwaysBreaksOffAtTheSameByteIsGivenUp() throws IOException {
    RemoteFile file = serve(cut(whole(RIGHT), 30_000));
    refuses(file, "gave up", "30 kB stay", "goes on from there");
    assertThat(server.requests()).hasSize(PATIENT.attempts());
    assertThat(part()).hasBinaryContent(Arrays.copyOf(RIGHT, 30_000));
  }

  @Test
  void aStalledAnswerIsLeftAndGoneOnWith() throws IOException {
    Answer stalled = stalled(file(RIGHT, TAG), 30_000, end);
    RemoteFile file = serve(stalled, file(RIGHT, TAG));
    holdsTheRightFileOnly(fetch(file, Fetching.patience(Duration.ofMillis(400), 4)));
    assertThat(server.ranges().get(1)).isEqualTo("bytes=30000-");
    assertThat(heard.notes.get(0)).contains("nothing came for 0.400 s");
  }

  @Test
  void aServerThatNeverAnswersIsLeft() throws IOException {
    RemoteFile file = serve((request, out) -> end.await(), file(RIGHT, TAG));
    Patience patience =
        new Patience(
            Duration.ofMillis(200),
            Duration.ofMillis(400),
            4,
            Duration.ofMillis(1),
            Duration.ofMillis(1));
    holdsTheRightFileOnly(fetch(file, patience));
    assertThat(heard.notes.get(0)).contains("no answer in 0.600 s");
  }

  @Test
  void aServerWithoutRangesSendsTheWholeAgain() throws IOException {
    holdsTheRightFileOnly(fetch(serve(cut(whole(RIGHT), 30_000), whole(RIGHT))));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-");
    assertThat(heard.progress.stream().filter(done -> done == 0)).hasSizeGreaterThan(1);
  }

  @Test
  void aRangeThatStartsElsewhereIsNotTaken() throws IOException {
    Answer elsewhere =
        answer(206, RIGHT, "Content-Range: bytes 0-" + (SIZE - 1) + "/" + SIZE, "ETag: " + TAG);
    RemoteFile file = serve(cut(file(RIGHT, TAG), 30_000), elsewhere, file(RIGHT, TAG));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-", null);
  }

  @Test
  void aRangeThatTheServerRefusesIsDropped() throws IOException {
    RemoteFile file = serve(cut(file(RIGHT, TAG), 30_000), status(416), file(RIGHT, TAG));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-", null);
  }

  @Test
  void aFileChangedUnderWayIsStartedOver() throws IOException {
    RemoteFile file = serve(cut(file(WRONG, TAG), 30_000), file(RIGHT, "\"two\""));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aChangedFileIsStartedOverThoughTheServerGivesARangeOfIt() throws IOException {
    RemoteFile file = serve(cut(file(WRONG, TAG), 30_000), range(RIGHT, "ETag: \"two\""));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-", null);
    assertThat(heard.notes).anyMatch(note -> note.contains("has changed"));
  }

  @Test
  void aFileChangedUnderWayWithoutASignIsFoundByItsHash() throws IOException {
    RemoteFile file = serve(cut(range(WRONG), 30_000), range(RIGHT));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-", null);
    assertThat(heard.notes).anyMatch(note -> note.contains("do not fit together"));
  }

  @Test
  void aDateServesWhereThereIsNoStrongTag() throws IOException {
    String date = "Mon, 01 Jan 2024 00:00:00 GMT";
    Answer dated = range(RIGHT, "ETag: W/\"x\"", "Last-Modified: " + date);
    holdsTheRightFileOnly(fetch(serve(cut(dated, 30_000), dated)));
    assertThat(server.requests().get(1).header("if-range")).isEqualTo(date);
  }

  @Test
  void aMissingFileIsAnErrorAtOnce() throws IOException {
    refuses(serve(status(404)), "404", "no such file", "--from");
    assertThat(server.requests()).hasSize(1);
    assertThat(filesThere()).containsExactly("net.h5.lock");
  }

  @Test
  void aForbiddenFileIsAnErrorAtOnce() throws IOException {
    refuses(serve(status(403)), "403", "rights");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aServerInTroubleIsAskedAgainAndThenGivenUp() throws IOException {
    refuses(serve(status(500)), "answers 500", "gave up");
    assertThat(server.requests()).hasSize(PATIENT.attempts());
  }

  @Test
  void aServerThatRecoversIsForgiven() throws IOException {
    RemoteFile file = serve(status(500), status(503, "Retry-After: 7"), file(RIGHT, TAG));
    holdsTheRightFileOnly(fetch(file));
    // Seven seconds were asked for, the longest pause is 50 ms.
    assertThat(heard.notes.get(0)).contains("answers 500", "again in 0.001 s");
    assertThat(heard.notes.get(1)).contains("answers 503", "again in 0.050 s");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/net.h5");
    refuses(Fetching.published(uri), "connection was refused", "gave up");
  }

  @Test
  void aWrongFileIsDeletedAndSaidSo() throws IOException {
    refuses(
        serve(file(WRONG, TAG)),
        Fetching.md5(WRONG),
        "expected " + Fetching.md5(RIGHT),
        "nothing of it was kept");
    assertThat(server.requests()).hasSize(1);
    assertThat(filesThere()).containsExactly("net.h5.lock");
  }

  @Test
  void aFileOfAnotherSizeIsRefusedBeforeAnyOfItIsRead() throws IOException {
    RemoteFile file = serve(whole(new byte[5_000], "Content-Type: text/html; charset=utf-8"));
    refuses(file, "5,000 bytes (a web page)", "expected 100,000 bytes");
    assertThat(heard.progress).containsOnly(0L);
  }

  @Test
  void aFileOfAnotherSizeLeavesWhatIsHereAlready() throws IOException {
    byte[] here = Arrays.copyOf(RIGHT, 30_000);
    RemoteFile file = serve(whole(new byte[5_000]));
    leavePart(here, Origin.UNKNOWN);
    refuses(file, "5,000 bytes");
    assertThat(part()).hasBinaryContent(here);
  }

  @Test
  void aFileThatGrewIsRefusedByItsRange() throws IOException {
    byte[] grown = Arrays.copyOf(RIGHT, SIZE + 1);
    refuses(serve(cut(file(RIGHT, TAG), 30_000), range(grown)), "100,001 bytes");
  }

  @Test
  void anAnswerLongerThanTheFileIsNotWritten() throws IOException {
    RemoteFile file = serve(answer(200, Arrays.copyOf(RIGHT, 3 * SIZE)));
    refuses(file, "more than the 100,000 bytes");
    assertThat(filesThere()).containsExactly("net.h5.lock");
  }

  @Test
  void aCompressedAnswerIsRefused() throws IOException {
    refuses(serve(whole(RIGHT, "Content-Encoding: gzip")), "sent as gzip");
  }

  @Test
  void aRedirectIsFollowedByEachAttempt() throws IOException {
    Answer redirect = status(302, "Location: /there/net.bin");
    RemoteFile file = serve(redirect, cut(file(RIGHT, TAG), 30_000), redirect, file(RIGHT, TAG));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.requests().get(3).target()).isEqualTo("/there/net.bin");
    assertThat(server.ranges().get(3)).isEqualTo("bytes=30000-");
    assertThat(server.requests().get(3).header("if-range")).isEqualTo(TAG);
  }

  @Test
  void aRedirectInACircleEnds() throws IOException {
    RemoteFile file = serve(status(302, "Location: /models/net.h5"));
    refuses(file, "302", "/models/net.h5");
  }

  @Test
  void aPartLeftByAnEarlierFetchIsGoneOnWith() throws IOException {
    RemoteFile file = serve(cut(file(RIGHT, TAG), 30_000), file(RIGHT, TAG));
    Patience once = Fetching.patience(PATIENT.stall(), 1);
    assertThatThrownBy(() -> fetch(file, once)).hasMessageContaining("30 kB stay");
    heard.progress.clear();

    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly(null, "bytes=30000-");
    assertThat(server.requests().get(1).header("if-range")).isEqualTo(TAG);
    assertThat(heard.progress).startsWith(30_000L);
    assertThat(heard.notes).singleElement().asString().contains("30 kB that are here already");
  }

  @Test
  void aPartOfAFileThatHasChangedSinceIsStartedOver() throws IOException {
    RemoteFile file = serve(file(RIGHT, "\"two\""));
    leavePart(Arrays.copyOf(WRONG, 30_000), new Origin(file.uri().toString(), TAG, ""));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.requests()).singleElement().matches(r -> r.header("if-range").equals(TAG));
  }

  @Test
  void aPartFromElsewhereIsGoneOnWithByTheMirror() throws IOException {
    RemoteFile file = serve(file(RIGHT, "\"mirror\""));
    leavePart(Arrays.copyOf(RIGHT, 30_000), new Origin("https://else.where/net.h5", TAG, ""));
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly("bytes=30000-");
    assertThat(server.requests().get(0).header("if-range")).isNull();
  }

  @Test
  void aPartThatIsCompleteNeedsNoServer() throws IOException {
    RemoteFile file = serve(status(500));
    leavePart(RIGHT, Origin.UNKNOWN);
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aPartThatIsTooLongIsDropped() throws IOException {
    RemoteFile file = serve(file(RIGHT, TAG));
    leavePart(Arrays.copyOf(RIGHT, SIZE + 1), Origin.UNKNOWN);
    holdsTheRightFileOnly(fetch(file));
    assertThat(server.ranges()).containsExactly((String) null);
    assertThat(heard.notes).isEmpty();
  }

  @Test
  void aFullDiskIsFoundBeforeAnythingIsAsked() throws IOException {
    RemoteFile file = serve(file(RIGHT, TAG));
    leavePart(Arrays.copyOf(RIGHT, 30_000), Origin.UNKNOWN);
    assertThatThrownBy(() -> withSpace(69_999).fetch(file))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(models() + ": net needs 70 kB more, the disk has 70 kB")
        .hasMessageContaining("VITRINE_HOME");
    assertThat(server.requests()).isEmpty();
    holdsTheRightFileOnly(withSpace(70_000).fetch(file).path());
  }

  private Download withSpace(long bytes) {
    Download.Settings settings = Fetching.settings(PATIENT);
    return new Download(
        new CacheFolder(home),
        new Download.Settings(
            settings.patience(), settings.proxies(), folder -> OptionalLong.of(bytes)),
        heard);
  }

  @Test
  void aFileThatIsHereIsNotFetchedAgain() throws IOException {
    RemoteFile file = serve(status(500));
    Files.createDirectories(models());
    Files.write(models().resolve("net.h5"), RIGHT);
    Download.Fetched fetched =
        new Download(new CacheFolder(home), Fetching.settings(PATIENT), heard).fetch(file);
    assertThat(fetched.wasHere()).isTrue();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aDamagedFileIsReplaced() throws IOException {
    RemoteFile file = serve(file(RIGHT, TAG));
    Files.createDirectories(models());
    Files.write(models().resolve("net.h5"), WRONG);
    holdsTheRightFileOnly(fetch(file));
    assertThat(heard.notes).singleElement().asString().contains("damaged");
  }

  @Test
  void aFolderThatCannotBeIsNamed() throws IOException {
    RemoteFile file = serve(file(RIGHT, TAG));
    Files.writeString(models(), "a file where the folder should be");
    assertThatThrownBy(() -> fetch(file))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(models().toString())
        .hasMessageContaining("VITRINE_HOME");
  }
}
