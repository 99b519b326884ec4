package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.PostOp;
import dev.vitrine.kernels.device.ConvolutionCall;
import dev.vitrine.kernels.device.Device;
import dev.vitrine.kernels.device.JCudaDevice;
import dev.vitrine.kernels.device.Order;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What only a card can show, beyond the contract that every backend is held to. */
@Tag("gpu")
final class CardTest {
  private static final int N = 256;

  private static float[] random(int count) {
    SplittableRandom random = new SplittableRandom(3);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() * 2 - 1);
    }
    return values;
  }

  /** The largest error of a product of two matrices, relative to what was added up. */
  private static double error(boolean tf32) {
    float[] a = random(N * N);
    try (Backend b = Card.open(tf32)) {
      Shape square = Shape.of(N, N);
      Buffer x = b.alloc(square);
      Buffer y = b.alloc(square);
      b.upload(x, 0, a, 0, a.length);
      b.matmul(x, false, x, false, null, PostOp.NONE, y);
      float[] found = new float[a.length];
      b.download(y, 0, found, 0, found.length);
      double worst = 0;
      for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
          double sum = 0;
          double magnitude = 0;
          for (int k = 0; k < N; k++) {
            double product = (double) a[i * N + k] * a[k * N + j];
            sum += product;
            magnitude += Math.abs(product);
          }
          worst = Math.max(worst, Math.abs(found[i * N + j] - sum) / magnitude);
        }
      }
      return worst;
    }
  }

  @Test
  void strictFloat32IsNotTf32() {
    assertThat(error(false)).isLessThan(3e-6);
    assertThat(error(true)).isLessThan(1e-2);
  }

  @Test
  void aNetworksConvolutionsRunInTheLibrary() {
    Card.open().close();
    try (Device device = new JCudaDevice(0, false, Optional.empty())) {
      Shape image = Shape.of(1, 56, 56, 64);
      Shape kernel = Shape.of(3, 3, 64, 64);
      long a = device.allocate(4 * image.size());
      long b = device.allocate(4 * image.size());
      long c = device.allocate(4 * image.size());
      float[] ones = random((int) image.size());
      device.upload(a, ones, 0, ones.length);
      device.upload(b, ones, 0, ones.length);
      for (ConvolutionCall.Direction direction : ConvolutionCall.Direction.values()) {
        ConvolutionCall call =
            new ConvolutionCall(
                direction,
                image,
                kernel,
                image,
                1,
                1,
                1,
                1,
                1,
                1,
                1,
                Order.PLAIN,
                Order.OUTPUTS_FIRST);
        Device.Workspace workspace =
            (bytes, work) -> {
              long scratch = bytes == 0 ? 0 : device.allocate(bytes);
              work.accept(scratch);
              if (bytes > 0) {
                device.synchronize();
                device.free(scratch);
              }
            };
        assertThat(device.convolve(call, a, b, c, workspace)).as("%s", direction).isTrue();
      }
    }
  }

  @Test
  void afterTooMuchWasAskedForTheCardServesOn() {
    try (Backend b = Card.open()) {
      Shape gigabyte = Shape.of(1 << 28);
      List<Buffer> held = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100_000; i++) {
                  held.add(b.alloc(gigabyte));
                }
              })
          .isInstanceOf(BackendException.class)
          .hasMessageContainingAll("too little memory", "free", "smaller batch");
      held.forEach(b::release);
      b.trim();
      assertThat(b.liveBytes()).isZero();
      Buffer x = b.alloc(gigabyte);
      b.fill(x, 2);
      float[] last = new float[1];
      b.download(x, gigabyte.size() - 1, last, 0, 1);
      assertThat(last).containsExactly(2);
    }
  }

  @Test
  void anotherThreadMayTakeTheBackendOver() throws InterruptedException {
    try (Backend b = Card.open()) {
      Buffer x = b.alloc(Shape.of(3));
      b.fill(x, 5);
      float[] read = new float[3];
      Thread other = new Thread(() -> b.download(x, 0, read, 0, 3));
      other.start();
      other.join();
      assertThat(read).containsOnly(5);
      b.fill(x, 6);
      b.download(x, 0, read, 0, 3);
      assertThat(read).containsOnly(6);
    }
  }
}
