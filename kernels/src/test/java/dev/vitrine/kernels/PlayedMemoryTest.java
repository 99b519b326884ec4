package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.AdamStep;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Convolution;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.engine.backend.Repeated;
import dev.vitrine.engine.backend.Unary;
import dev.vitrine.engine.backend.Window;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.Order;
import dev.vitrine.kernels.device.OutOfDeviceMemory;
import dev.vitrine.kernels.played.PlayedDevice;
import dev.vitrine.kernels.played.Sanitizer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  /** As cuBLAS and cuDNN do when they have no room for what they need themselves. */
  @ParameterizedTest
  @ValueSource(strings = {"multiply", "convolve", "replay"})
  void aLibraryThatLacksMemoryIsAskedAgainWithThePoolEmptied(String call) {
    PlayedDevice played = new PlayedDevice(Sanitizer.ADDRESS, 1 << 20, true);
    boolean[] full = {false};
    Device card = failing(Device.class, played, call, full);
    try (Backend cuda = new CudaBackend(card)) {
      Buffer x = cuda.alloc(Shape.of(1, 4, 4, 2));
      Buffer kernel = cuda.alloc(Shape.of(1, 1, 2, 3));
      Buffer y = cuda.alloc(Shape.of(1, 4, 4, 3));
      Buffer a = cuda.reshape(x, Shape.of(16, 2));
      Buffer b = cuda.reshape(kernel, Shape.of(2, 3));
      Buffer c = cuda.alloc(Shape.of(16, 3));
      cuda.fill(x, 2);
      cuda.fill(kernel, 5);
      Convolution one = new Convolution(Window.of(1, 1, 1, 1), 1);
      Runnable work =
          () -> {
            cuda.convolution(one, x, kernel, null, PostOp.NONE, y);
            cuda.matmul(a, false, b, false, null, PostOp.NONE, c);
          };
      try (Repeated step = cuda.repeat(work)) {
        step.run();
        cuda.fill(x, 3);
        cuda.release(cuda.alloc(HALF));
        assertThat(cuda.pooledBytes()).isGreaterThanOrEqualTo(1 << 19);
        full[0] = true;
        if (call.equals("replay")) {
          step.run();
        } else {
          work.run();
        }
        assertThat(full[0]).as("the card is full no more").isFalse();
        assertThat(cuda.pooledBytes()).as("the large block is gone").isLessThan(1 << 19);
        float[] read = new float[48];
        cuda.download(y, 0, read, 0, 48);
        assertThat(read).containsOnly(30);
        cuda.download(c, 0, read, 0, 48);
        assertThat(read).containsOnly(30);
      }
    }
  }

  /**
   * An interface's object that lacks memory once, the first time that a call is made while full.
   */
  private static <T> T failing(Class<T> type, T real, String call, boolean[] full) {
    Object proxy =
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              if (full[0] && method.getName().equals(call)) {
                full[0] = false;
                throw new OutOfDeviceMemory(1 << 20, 0);
              }
              try {
                Object result = method.invoke(real, arguments);
                return result instanceof Device.Recorded recorded
                    ? failing(Device.Recorded.class, recorded, call, full)
                    : result;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
    return type.cast(proxy);
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
