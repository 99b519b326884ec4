package dev.vitrine.kernels;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.DeviceOptions;
import java.util.Optional;

/** The first card of this machine, for the tests tagged {@code gpu}. */
final class Card {
  private Card() {}

  /** Opens it; without one the test is skipped, and says what is missing. */
  static Backend open() {
    return open(false);
  }

  static Backend open(boolean tf32) {
    CudaProvider provider = new CudaProvider();
    Optional<String> missing = provider.missing();
    assumeTrue(missing.isEmpty(), () -> "no card: " + missing.orElseThrow());
    return provider.open(new DeviceOptions(0, tf32));
  }
}
