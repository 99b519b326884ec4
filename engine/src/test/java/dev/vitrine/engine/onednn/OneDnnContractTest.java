package dev.vitrine.engine.onednn;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendContract;

/** oneDNN's backend does what every backend must do. */
final class OneDnnContractTest extends BackendContract {

  @Override
  protected Backend open() {
    return new OneDnnBackend();
  }
}
