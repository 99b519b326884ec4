package dev.vitrine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.reference.ReferenceBackend;
import org.junit.jupiter.api.AfterEach;

/** Tests on the double-precision reference alone; what is alive when one ends fails it. */
public abstract class OnReference {
  protected final Backend backend = new ReferenceBackend();
  protected final Scope scope = new Scope(backend);

  @AfterEach
  void nothingIsLeftAlive() {
    scope.close();
    long left = backend.liveBytes();
    backend.close();
    assertThat(left).as("live bytes after the test").isZero();
  }
}
