package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vitrine.engine.Shape;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Buffer;
import dev.vitrine.engine.backend.Reduction;
import dev.vitrine.kernels.device.Order;
import dev.vitrine.kernels.played.PlayedDevice;
import dev.vitrine.kernels.played.Sanitizer;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The kernels whose threads meet at barriers, with every thread of a block for real. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BarriersTest {
  private Backend backend;

  @BeforeAll
  void openBackend() {
    PlayedDevice device = new PlayedDevice(Sanitizer.THREAD, 1L << 30, false);
    backend = new CudaBackend(device, Order.CHANNELS_FIRST, LongUnaryOperator.identity());
  }

  @AfterAll
  void closeBackend() {
    if (backend != null) {
      backend.close();
    }
  }

  private interface Operation {
    void run(Buffer x, Buffer y);
  }

  private float[] run(Operation operation, Shape xShape, float[] values, Shape yShape) {
    Buffer x = backend.alloc(xShape);
    Buffer y = backend.alloc(yShape);
    backend.upload(x, 0, values, 0, values.length);
    operation.run(x, y);
    float[] result = new float[(int) yShape.size()];
    backend.download(y, 0, result, 0, result.length);
    backend.release(x);
    backend.release(y);
    return result;
  }

  private static float[] counting(int size) {
    float[] values = new float[size];
    IntStream.range(0, size).forEach(i -> values[i] = i % 17 - 5);
    return values;
  }

  @Test
  void aReductionHasNoRaces() {
    Operation sum = (x, y) -> backend.reduce(Reduction.SUM, x, y);
    for (int[] s : new int[][] {{1, 100}, {2, 301}, {1, 40_000}}) {
      float[] values = counting(s[0] * s[1]);
      float[] rows = run(sum, Shape.of(s), values, Shape.of(s[0], 1));
      float[] columns = run(sum, Shape.of(s[1], s[0]), values, Shape.of(1, s[0]));
      for (int i = 0; i < s[0]; i++) {
        double row = 0;
        double column = 0;
        for (int j = 0; j < s[1]; j++) {
          row += values[i * s[1] + j];
          column += values[j * s[0] + i];
        }
        assertThat(rows[i]).isEqualTo((float) row);
        assertThat(columns[i]).isEqualTo((float) column);
      }
    }
  }

  @Test
  void aSoftmaxHasNoRaces() {
    Shape shape = Shape.of(2, 300);
    float[] flat = new float[600];
    Arrays.fill(flat, 3);
    float[] y = run((x, to) -> backend.softmax(x, to), shape, flat, shape);
    for (float v : y) {
      assertThat(v).isEqualTo(1f / 300);
    }
  }

  @Test
  void aChangeOfAnImagesOrderHasNoRaces() {
    Shape image = Shape.of(2, 6, 7, 35);
    float[] values = counting((int) image.size());
    Buffer x = backend.alloc(image);
    backend.upload(x, 0, values, 0, values.length); // to channels first
    float[] back = new float[values.length];
    backend.download(x, 0, back, 0, back.length); // and back
    backend.release(x);
    assertThat(back).isEqualTo(values);
  }
}
