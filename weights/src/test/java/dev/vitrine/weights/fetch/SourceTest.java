package dev.vitrine.weights.fetch;

import static dev.vitrine.weights.fetch.Fetching.RIGHT;
import static dev.vitrine.weights.fetch.Fetching.WRONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourceTest {
  private static final RemoteFile FILE =
      Fetching.published(URI.create("https://models.invalid/deep/net.h5"));

  @TempDir Path folder;

  private Download download() {
    return new Download(
        new CacheFolder(folder.resolve("cache")),
        Fetching.settings(Fetching.PATIENT),
        FetchListener.NONE);
  }

  private Download.Fetched bring(String from) {
    return download().fetch(FILE, Source.parse(from, FILE));
  }

  @ParameterizedTest
  @CsvSource({
    "https://mirror.org/a/other.bin, https://mirror.org/a/other.bin",
    "https://mirror.org/a/, https://mirror.org/a/net.h5",
    "http://mirror.org:8080, http://mirror.org:8080/net.h5",
    "https://mirror.org/get?id=7, https://mirror.org/get?id=7",
    "HTTPS://mirror.org/?id=7, HTTPS://mirror.org/?id=7",
  })
  void aMirrorIsAFileOrAFolderOfThem(String from, URI asked) {
    assertThat(Source.parse(from, FILE)).isEqualTo(new Source.Address(asked));
  }

  @ParameterizedTest
  @CsvSource({
    "ftp://mirror.org/net.h5, ftp is not supported",
    "https:///net.h5, names no host",
    "https://a b/, is no URL",
    "https://mirror.org:99999/net.h5, names no host",
    "https://me:secret@mirror.org/net.h5, password in a URL",
    "nowhere/net.h5, there is no such file",
  })
  void whatIsNeitherUrlNorFileIsRefused(String from, String why) {
    assertThatThrownBy(() -> Source.parse(from, FILE))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("secret");
  }

  @Test
  void aFileAtHandIsCopiedAndStays() throws IOException {
    Path brought = Files.write(folder.resolve("brought.bin"), RIGHT);
    Download.Fetched fetched = bring(brought.toString());
    assertThat(fetched.wasHere()).isFalse();
    assertThat(fetched.path())
        .isEqualTo(folder.resolve("cache/models/net.h5"))
        .hasBinaryContent(RIGHT);
    assertThat(brought).hasBinaryContent(RIGHT);
    assertThat(fetched.path().getParent().toFile().list()).containsExactly("net.h5");
  }

  @Test
  void aFolderAtHandIsLookedInForTheFile() throws IOException {
    Files.write(folder.resolve("net.h5"), RIGHT);
    assertThat(bring(folder.toString()).path()).hasBinaryContent(RIGHT);
    assertThat(Source.parse(folder.resolve("net.h5").toUri().toString(), FILE))
        .isEqualTo(new Source.LocalFile(folder.resolve("net.h5")));
  }

  @Test
  void aFileAtHandOfAnotherSizeIsRefused() throws IOException {
    Path pointer = Files.writeString(folder.resolve("lfs"), "version https://git-lfs");
    assertThatThrownBy(() -> bring(pointer.toString()))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(pointer + ": has 23 bytes, expected 100,000 bytes");
  }

  @Test
  void aFileAtHandWithAnotherHashIsRefused() throws IOException {
    Path wrong = Files.write(folder.resolve("wrong"), WRONG);
    assertThatThrownBy(() -> bring(wrong.toString()))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining(wrong + ": has MD5 " + Fetching.md5(WRONG));
    assertThat(folder.resolve("cache/models").toFile().list()).containsExactly("net.h5.lock");
  }

  @Test
  void aPartThatIsNamedAsTheFileIsNotCopiedOntoItself() throws IOException {
    Path models = Files.createDirectories(folder.resolve("cache/models"));
    Path part = Files.write(models.resolve("net.h5.part"), RIGHT);
    assertThat(bring(part.toString()).path()).hasBinaryContent(RIGHT);
  }
}
