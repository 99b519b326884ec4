package dev.vitrine.weights.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CatalogTest {
  @TempDir Path folder;

  private static CacheFolder on(String system, Map<String, String> environment) {
    Map<String, String> properties = Map.of("os.name", system, "user.home", "/home/me");
    return CacheFolder.of(environment::get, properties::get);
  }

  @Test
  void vgg16IsTheFileThatKerasPublished() {
    RemoteFile file = Catalog.get("vgg16");
    assertThat(file.fileName()).isEqualTo("vgg16_weights_tf_dim_ordering_tf_kernels.h5");
    assertThat(file.size()).isEqualTo("553 MB");
    assertThat(Catalog.get("vgg16-notop").size()).isEqualTo("59 MB");
    assertThat(Catalog.all()).allMatch(f -> f.uri().getScheme().equals("https"));
  }

  @Test
  void aModelThatIsNotHereSaysHowToGetIt() {
    assertThatThrownBy(() -> Catalog.require(Catalog.get("vgg16"), new CacheFolder(folder)))
        .isInstanceOf(BadInputException.class)
        .hasMessage("vgg16 is not here yet: ./vitrine fetch vgg16 downloads it (553 MB)");
  }

  @Test
  void aModelIsHereWhenItsFileHasItsSize() throws IOException {
    RemoteFile file = Catalog.get("vgg16-notop");
    CacheFolder cache = new CacheFolder(folder);
    Files.createDirectories(cache.models());
    try (RandomAccessFile sparse = new RandomAccessFile(cache.file(file).toFile(), "rw")) {
      sparse.setLength(file.bytes() - 1);
      assertThat(Catalog.present(file, cache)).isEmpty();
      sparse.setLength(file.bytes());
    }
    assertThat(Catalog.present(file, cache)).contains(cache.file(file));
    assertThat(Catalog.require(file, cache)).isEqualTo(cache.file(file));
  }

  @Test
  void anUnknownModelListsThoseThatThereAre() {
    assertThat(Catalog.find("vgg17")).isEmpty();
    assertThatThrownBy(() -> Catalog.get("vgg17"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContainingAll("'vgg17'", "vgg16, vgg16-notop");
  }

  @Test
  void theCacheFolderIsThePlatforms() {
    assertThat(on("Linux", Map.of()).path()).isEqualTo(Path.of("/home/me/.cache/vitrine"));
    assertThat(on("Linux", Map.of("XDG_CACHE_HOME", "/big/cache")).path())
        .isEqualTo(Path.of("/big/cache/vitrine"));
    assertThat(on("Linux", Map.of("XDG_CACHE_HOME", "relative")).path())
        .isEqualTo(Path.of("/home/me/.cache/vitrine"));
    assertThat(on("Mac OS X", Map.of("XDG_CACHE_HOME", "/big/cache")).path())
        .isEqualTo(Path.of("/home/me/Library/Caches/vitrine"));
    assertThat(on("Windows 11", Map.of("LOCALAPPDATA", "/local")).path())
        .isEqualTo(Path.of("/local/vitrine"));
    assertThat(on("Windows 11", Map.of()).path())
        .isEqualTo(Path.of("/home/me/AppData/Local/vitrine"));
  }

  @Test
  void vitrineHomeComesFirst() {
    Map<String, String> environment =
        Map.of("VITRINE_HOME", folder.toString(), "XDG_CACHE_HOME", "/x", "LOCALAPPDATA", "/x");
    for (String system : new String[] {"Linux", "Mac OS X", "Windows 11"}) {
      assertThat(on(system, environment).models()).isEqualTo(folder.resolve("models"));
    }
  }

  @Test
  void aUserWithoutAHomeIsAskedForAFolder() {
    assertThatThrownBy(
            () -> CacheFolder.of(name -> null, Map.of("os.name", "Linux", "user.home", "?")::get))
        .isInstanceOf(FetchException.class)
        .hasMessageContaining("VITRINE_HOME");
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1 byte",
    "999, 999 bytes",
    "1000, 1.0 kB",
    "9949, 9.9 kB",
    "9960, 10 kB",
    "999499, 999 kB",
    "999500, 1.0 MB",
    "553467096, 553 MB",
    "4000000000, 4.0 GB",
    "9000000000000000, 9000 TB",
  })
  void sizesAreReadable(long bytes, String text) {
    assertThat(RemoteFile.readable(bytes)).isEqualTo(text);
  }
}
