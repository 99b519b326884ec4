package dev.vitrine.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.backend.DeviceOptions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests that every backend of a device runs, of the CPU unless told otherwise. Each has a backend
 * and a scope of its own; what is alive when it ends, its scope closed, is a leak and fails it.
 */
@ParameterizedClass
@MethodSource("dev.vitrine.engine.OnEveryBackend#providers")
public abstract class OnEveryBackend {
  private static final Map<String, Backend> OPEN = new HashMap<>(); // kept: opening takes a while

  /** {@code cuda} runs them on a card, where the backend for it is on the class path. */
  private static final String DEVICE = System.getProperty("vitrine.test.device", "cpu");

  @Parameter protected BackendProvider provider;
  protected Backend backend;
  protected Scope scope;

  static List<Named<BackendProvider>> providers() {
    return Backends.all().stream()
        .filter(p -> p.device().equals(DEVICE) && p.missing().isEmpty())
        .map(p -> Named.of(p.name(), p))
        .toList();
  }

  @BeforeEach
  void open() {
    backend = OPEN.computeIfAbsent(provider.name(), k -> provider.open(DeviceOptions.DEFAULT));
    scope = new Scope(backend);
  }

  @AfterEach
  void nothingIsLeftAlive() {
    scope.close();
    long left = backend.liveBytes();
    if (left != 0) { // the next test is not to blame
      OPEN.remove(provider.name()).close();
    }
    assertThat(left).as("live bytes on %s after the test", provider.name()).isZero();
  }

  /** What rounding may do to a number of size 1: much less in double than in float. */
  protected double rounding() {
    return isDouble() ? 1e-12 : 1e-5;
  }

  protected boolean isDouble() {
    return provider.name().equals("reference");
  }
}
