package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.kernels.device.Order;
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
  void aRecordedStepFollowsAnArrayThatMoves() {
    try (Backend channelsFirst =
        new CudaBackend(
            new PlayedDevice(Sanitizer.ADDRESS, 1 << 20, true),
            Order.CHANNELS_FIRST,
            DeviceMemory::sizeClass)) {
      Shape shape = Shape.of(1, 2, 2, 3);
      Buffer x = channelsFirst.alloc(shape);
      channelsFirst.fill(x, 3);
      Buffer y = channelsFirst.alloc(shape);
      try (Repeated step =
          channelsFirst.repeat(() -> channelsFirst.unary(Unary.LINEAR, 2, 1, x, y))) {
        step.run();
        step.run();
        channelsFirst.reshape(x, Shape.of(12)); // moves it
        Buffer foreign = channelsFirst.alloc(shape); // lies where it lay
        for (int value : new int[] {4, 5, 6}) {
          channelsFirst.fill(x, value);
          channelsFirst.fill(foreign, 100);
          step.run();
          float[] read = new float[12];
          channelsFirst.download(y, 0, read, 0, 12);
          assertThat(read).containsOnly(2 * value + 1);
        }
      }
    }
  }

  @Test
  void adamsNumbersGoOnWhereAnArrayMovesUnderARecording() {
    float[] moved = new float[12];
    float[] still = new float[12];
    adam(true, moved);
    adam(false, still);
    assertThat(moved).containsExactly(still);
  }

  /** Seven recorded steps of Adam, among which an array that has nothing to do with them moves. */
  private static void adam(boolean move, float[] result) {
    try (Backend b =
        new CudaBackend(
            new PlayedDevice(Sanitizer.ADDRESS, 1 << 20, true),
            Order.CHANNELS_FIRST,
            DeviceMemory::sizeClass)) {
      Shape shape = Shape.of(1, 2, 2, 3);
      Buffer[] a = new Buffer[5];
      for (int i = 0; i < 5; i++) {
        a[i] = b.alloc(shape);
        b.fill(a[i], i == 0 ? 0.5 : 0);
      }
      AdamStep adam = new AdamStep(0.1, 0.9, 0.999, 1e-8, 0, 1);
      try (Repeated step =
          b.repeat(
              () -> {
                b.unary(Unary.LINEAR, 1, 0.5, a[3], a[0]);
                b.adam(adam, a[0], a[1], a[2], a[3]);
              })) {
        for (int i = 0; i < 7; i++) {
          step.run();
          if (move && i == 3) {
            b.reshape(a[4], Shape.of(12));
          }
        }
      }
      b.download(a[3], 0, result, 0, 12);
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
