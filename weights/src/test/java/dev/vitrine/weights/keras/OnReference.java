package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Tests on the reference backend that leave nothing alive on it. */
abstract class OnReference {
  Backend backend;

  @BeforeEach
  void open() {
    backend = Backends.open("reference", false, line -> {});
  }

  @AfterEach
  void nothingIsLeftAlive() {
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after the test").isZero();
  }

  /** A file that make_fixtures.py made. */
  static Path file(String name) {
    try {
      return Path.of(OnReference.class.getResource("files/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
