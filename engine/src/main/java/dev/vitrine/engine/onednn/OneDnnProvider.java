package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.BackendProvider;
import dev.vitrine.engine.backend.DeviceOptions;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;

/** Offers the {@link OneDnnBackend} where oneDNN can be loaded. */
public final class OneDnnProvider implements BackendProvider {

  @Override
  public String name() {
    return "onednn";
  }

  @Override
  public String device() {
    return "cpu";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Optional<String> missing() {
    try {
      Loader.load(org.bytedeco.dnnl.global.dnnl.class);
      return Optional.empty();
    } catch (LinkageError | RuntimeException e) {
      return Optional.of(reason(e));
    }
  }

  static String reason(Throwable e) {
    String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
    String cause = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return "oneDNN can't be loaded for "
        + system
        + " ("
        + e.getClass().getSimpleName()
        + ": "
        + cause
        + "); put org.bytedeco:dnnl and org.bytedeco:javacpp for this platform on the class path";
  }

  @Override
  public Backend open(DeviceOptions options) {
    Optional<String> missing = missing();
    if (missing.isPresent()) {
      throw new BackendException(missing.get());
    }
    return new OneDnnBackend();
  }
}
