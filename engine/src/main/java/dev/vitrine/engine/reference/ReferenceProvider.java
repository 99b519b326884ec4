package dev.vitrine.engine.reference;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.DeviceOptions;
import java.util.Optional;

/** Offers the {@link ReferenceBackend}, which works everywhere and is every other's fallback. */
public final class ReferenceProvider implements BackendProvider {

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public Backend open(DeviceOptions options) {
    return new ReferenceBackend();
  }
}
