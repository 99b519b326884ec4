package dev.vitrine.kernels;

import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendContract;
import dev.vitrine.kernels.device.Order;
import dev.vitrine.kernels.played.PlayedDevice;
import dev.vitrine.kernels.played.Sanitizer;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Nested;

/** The CUDA backend does what every backend must do, on a card that is played on the CPU. */
final class PlayedContractTest {

  /** A backend whose blocks of memory end where their arrays do, so that a byte too far is seen. */
  private static Backend open(Order images, boolean convolves) {
    PlayedDevice device = new PlayedDevice(Sanitizer.ADDRESS, 1L << 30, convolves);
    return new CudaBackend(device, images, LongUnaryOperator.identity());
  }

  @Nested
  final class WithChannelsLast extends BackendContract {
    @Override
    protected Backend open() {
      return PlayedContractTest.open(Order.PLAIN, true);
    }
  }

  @Nested
  final class WithChannelsFirst extends BackendContract {
    @Override
    protected Backend open() {
      return PlayedContractTest.open(Order.CHANNELS_FIRST, true);
    }
  }

  @Nested
  final class WithoutALibrarysConvolutions extends BackendContract {
    @Override
    protected Backend open() {
      return PlayedContractTest.open(Order.PLAIN, false);
    }
  }
}
