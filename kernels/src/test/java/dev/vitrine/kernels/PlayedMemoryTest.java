package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.kernels.played.PlayedDevice;
import dev.vitrine.kernels.played.Sanitizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A card with a megabyte. */
final class PlayedMemoryTest {
  private static final Shape HALF = Shape.of(1 << 17);

  private final Backend backend =
      new CudaBackend(new PlayedDevice(Sanitizer.ADDRESS, 1 << 20, true));

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void aCardThatIsFullSaysSoAndServesOn() {
    Buffer one = backend.alloc(HALF);
    Buffer two = backend.alloc(HALF);
    assertThatThrownBy(() -> backend.alloc(HALF))
        .isInstanceOf(BackendException.class)
        .hasMessageContainingAll("524,288 bytes are asked for", "0 bytes free", "1.0 MiB in use");
    backend.release(one);
    Buffer three = backend.alloc(HALF);
    backend.fill(three, 1);
    backend.release(two);
    backend.release(three);
    Buffer other = backend.alloc(Shape.of(3 << 16));
    assertThat(backend.liveBytes()).as("after the pool was emptied").isEqualTo(3 << 18);
    backend.release(other);
    assertThat(backend.memoryBudget()).isBetween(900_000L, 1L << 20);
  }

  @Test
  void aStepIsRecordedOnACardWhosePoolIsFull() {
    Buffer x = backend.alloc(Shape.of(1 << 16));
    backend.fill(x, 3);
    Buffer y = backend.alloc(Shape.of(1 << 16));
    Runnable work =
        () -> {
          Buffer middle = backend.alloc(Shape.of(1 << 16));
          backend.unary(Unary.SQUARE, 0, 0, x, middle);
          backend.unary(Unary.LINEAR, 2, 1, middle, y);
          backend.release(middle);
        };
    try (Repeated step = backend.repeat(work)) {
      step.run();
      backend.trim();
      Buffer pooled = backend.alloc(Shape.of(3 << 15)); // a size that the step has no use for
      backend.release(pooled);
      step.run();
      backend.fill(x, 4);
      step.run();
      float[] read = new float[1];
      backend.download(y, 12345, read, 0, 1);
      assertThat(read).containsExactly(33);
    }
  }

  @Test
  void aStepThatDownloadsCannotBeRecorded() {
    Buffer x = backend.alloc(Shape.of(4));
    backend.fill(x, 3);
    float[] read = new float[4];
    try (Repeated step = backend.repeat(() -> backend.download(x, 0, read, 0, 4))) {
      step.run();
      assertThatThrownBy(step::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("download");
    }
    backend.download(x, 0, read, 0, 4);
    assertThat(read).containsOnly(3);
  }
}
