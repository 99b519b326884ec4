package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendContract;
import org.junit.jupiter.api.Tag;

/** The CUDA backend does what every backend must do, on a card. */
@Tag("gpu")
final class CardContractTest extends BackendContract {
  @Override
  protected Backend open() {
    return Card.open();
  }
}
