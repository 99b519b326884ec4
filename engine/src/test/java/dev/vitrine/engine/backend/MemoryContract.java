package dev.vitrine.engine.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Buffers: their contents, their views, their end, and what is refused. */
interface MemoryContract extends ContractSection {

  @Test
  default void whatIsUploadedIsDownloadedWithOffsetsOnBothSides() {
    Backend b = comparison().backend;
    Buffer buffer = b.alloc(Shape.of(2, 3));
    b.fill(buffer, 9);
    b.upload(buffer, 1, new float[] {0, 1.5f, 2.5f, 0}, 1, 2);
    b.upload(buffer, 4, new double[] {3.5, 4.5}, 0, 2);
    b.upload(buffer, 6, new float[0], 0, 0);
    double[] doubles = new double[8];
    b.download(buffer, 0, doubles, 1, 6);
    assertThat(doubles).containsExactly(0, 9, 1.5, 2.5, 9, 3.5, 4.5, 0);
    float[] floats = new float[4];
    b.download(buffer, 2, floats, 1, 3);
    assertThat(floats).containsExactly(0, 2.5f, 9, 3.5f);
    b.release(buffer);
  }

  /** Of backends that have the host's memory; the others say so. */
  @Test
  default void whatIsPutIntoTheMemoryIsDownloaded() {
    Backend b = comparison().backend;
    Buffer buffer = b.alloc(Shape.of(2, 3));
    b.fill(buffer, 9);
    Optional<ByteBuffer> memory = b.memory(buffer, 2, 3);
    assertThat(memory.isPresent()).isEqualTo(b.name().equals("onednn"));
    if (memory.isPresent()) {
      assertThat(memory.get().order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(memory.get().remaining()).isEqualTo(12);
      memory.get().asFloatBuffer().put(new float[] {0.5f, -1.5f, 2.5f});
      float[] floats = new float[6];
      b.download(buffer, 0, floats, 0, 6);
      assertThat(floats).containsExactly(9, 9, 0.5f, -1.5f, 2.5f, 9);
      assertThatThrownBy(() -> b.memory(buffer, 4, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("memory: ");
      b.freeze(buffer);
      assertThatThrownBy(() -> b.memory(buffer, 0, 1))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("memory: ");
    }
    b.release(buffer);
  }

  @Test
  default void imagesAreUploadedRowByRowWithTheirChannelsLast() {
    Values x = Values.random(new SplittableRandom(2), Shape.of(2, 3, 5, 7));
    Backend b = comparison().backend;
    Buffer buffer = Comparison.upload(b, x);
    assertThat(Comparison.download(b, buffer).data()).isEqualTo(x.data());
    b.release(buffer);
    Values pixel = Values.of(Shape.of(1, 1, 1, 7), new double[7]);
    System.arraycopy(x.data(), ((1 * 3 + 2) * 5 + 4) * 7, pixel.data(), 0, 7);
    Comparison.Operation lastPixel = (on, in, y) -> on.slice(in[0], new int[] {1, 2, 4, 0}, y);
    comparison().gives("the last pixel", pixel, lastPixel, x);
  }

  @Test
  default void liveBytesGrowWithABufferAndNotWithItsViews() {
    Backend b = comparison().backend;
    long before = b.liveBytes();
    Buffer buffer = b.alloc(Shape.of(10, 100));
    long held = b.liveBytes();
    assertThat(held - before).isGreaterThanOrEqualTo(4000);
    Buffer view = b.reshape(buffer, Shape.of(1000));
    assertThat(b.liveBytes()).isEqualTo(held);
    b.release(buffer);
    assertThat(b.liveBytes()).as("a view holds the memory").isEqualTo(held);
    b.release(view);
    assertThat(b.liveBytes()).isEqualTo(before);
    assertThat(b.pooledBytes()).isNotNegative();
    b.trim();
    assertThat(b.pooledBytes()).as("after trimming").isZero();
    assertThat(b.memoryBudget()).isPositive();
  }

  @Test
  default void aViewSeesTheSameNumbersAndKeepsThemAlive() {
    Backend b = comparison().backend;
    Buffer buffer = Comparison.upload(b, Values.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6));
    Buffer view = b.reshape(buffer, Shape.of(3, 1, 2));
    assertThat(view.shape()).isEqualTo(Shape.of(3, 1, 2));
    b.upload(view, 5, new double[] {7}, 0, 1);
    assertThat(Comparison.download(b, buffer).data()).containsExactly(1, 2, 3, 4, 5, 7);
    b.release(buffer);
    Buffer other = b.alloc(Shape.of(2, 3));
    b.fill(other, -1);
    assertThat(Comparison.download(b, view).data()).containsExactly(1, 2, 3, 4, 5, 7);
    Buffer viewOfView = b.reshape(view, Shape.of(6));
    b.release(view);
    assertThat(Comparison.download(b, viewOfView).data()).containsExactly(1, 2, 3, 4, 5, 7);
    b.release(viewOfView);
    b.release(other);
  }

  @Test
  default void memoryThatComesBackIsNotHandedOutTwice() {
    Backend b = comparison().backend;
    b.release(b.alloc(Shape.of(64)));
    Buffer first = b.alloc(Shape.of(64));
    Buffer second = b.alloc(Shape.of(8, 8));
    b.fill(first, 1);
    b.fill(second, 2);
    assertThat(Comparison.download(b, first).data()).containsOnly(1);
    assertThat(Comparison.download(b, second).data()).containsOnly(2);
    b.release(first);
    b.release(second);
  }

  @Test
  default void aReleasedHandleIsRefusedAndTheOperationNamed() {
    Backend b = comparison().backend;
    Shape shape = Shape.of(2, 3);
    Buffer gone = b.alloc(shape);
    Buffer view = b.reshape(gone, Shape.of(6));
    Buffer y = b.alloc(shape);
    b.release(gone);
    Map<String, Runnable> uses = new LinkedHashMap<>();
    uses.put("release", () -> b.release(gone));
    uses.put("reshape", () -> b.reshape(gone, Shape.of(6)));
    uses.put("fill", () -> b.fill(gone, 0));
    uses.put("upload", () -> b.upload(gone, 0, new float[6], 0, 6));
    uses.put("download", () -> b.download(gone, 0, new float[6], 0, 6));
    uses.put("freeze", () -> b.freeze(gone));
    uses.put("unary", () -> b.unary(Unary.RELU, 0, 0, gone, y));
    uses.put("softmax", () -> b.softmax(y, gone));
    uses.put("concat", () -> b.concat(List.of(gone), 0, y));
    SoftAssertions each = new SoftAssertions();
    uses.forEach(
        (operation, use) ->
            each.assertThatThrownBy(use::run)
                .as(operation)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(operation, "[2, 3]"));
    b.release(view);
    b.release(y);
    each.assertAll();
  }

  @Test
  default void aBackendRefusesTheBuffersOfAnother() {
    Backend b = comparison().backend;
    Buffer foreign = comparison().reference.alloc(Shape.of(3));
    Buffer y = b.alloc(Shape.of(3));
    try (Backend another = another()) {
      Buffer fromAnother = another.alloc(Shape.of(3));
      for (Buffer x : new Buffer[] {foreign, fromAnother}) {
        if (b != comparison().reference) {
          assertThatThrownBy(() -> b.unary(Unary.RELU, 0, 0, x, y))
              .isInstanceOf(IllegalArgumentException.class);
        }
      }
    }
    comparison().reference.release(foreign);
    b.release(y);
  }

  @Test
  default void aWrongShapeIsRefusedAndTheOperationNamed() {
    Backend b = comparison().backend;
    List<Buffer> held = new ArrayList<>();
    Buffer image = b.alloc(Shape.of(1, 5, 5, 2));
    Buffer small = b.alloc(Shape.of(1, 2, 2, 2));
    Buffer kernel = b.alloc(Shape.of(3, 3, 1, 4));
    Buffer matrix = b.alloc(Shape.of(3, 4));
    Window window = Window.of(2, 2, 1, 1);
    Buffer switches = b.allocSwitches(window, small.shape());
    held.addAll(List.of(image, small, kernel, matrix, switches));
    held.forEach(
        buffer -> {
          if (buffer != switches) {
            b.fill(buffer, 1);
          }
        });
    Convolution c = new Convolution(Window.of(3, 3, 1, 1), 1);
    int[] at = {0, 0, 0, 1};
    Affine affine = new Affine(1, 0, 0, 0, 1, 0);
    AdamStep step = new AdamStep(1, 0.9, 0.9, 1, 0, 1);
    Map<String, Runnable> uses = new LinkedHashMap<>();
    uses.put("alloc", () -> b.alloc(Shape.of(3, 0)));
    uses.put("reshape", () -> b.reshape(matrix, Shape.of(13)));
    uses.put("upload", () -> b.upload(matrix, 10, new float[5], 0, 5));
    uses.put("download", () -> b.download(matrix, 0, new double[5], 2, 4));
    uses.put("convolution", () -> b.convolution(c, image, kernel, null, PostOp.NONE, small));
    uses.put("convolutionBackwardData", () -> b.convolutionBackwardData(c, small, kernel, image));
    uses.put(
        "convolutionBackwardWeights", () -> b.convolutionBackwardWeights(c, image, small, kernel));
    uses.put("matmul", () -> b.matmul(matrix, false, matrix, false, null, PostOp.NONE, small));
    uses.put("unary", () -> b.unary(Unary.EXP, 0, 0, image, small));
    uses.put("binary", () -> b.binary(Binary.ADD, image, image, small));
    uses.put("reduce", () -> b.reduce(Reduction.SUM, image, small));
    uses.put("softmax", () -> b.softmax(image, small));
    uses.put("maxPool", () -> b.maxPool(window, image, null, small));
    uses.put("maxPoolBackward", () -> b.maxPoolBackward(window, small, switches, image));
    uses.put("averagePool", () -> b.averagePool(window, image, small));
    uses.put("averagePoolBackward", () -> b.averagePoolBackward(window, small, image));
    uses.put("pad", () -> b.pad(small, at, 0, image));
    uses.put("slice", () -> b.slice(image, at, small));
    uses.put("concat", () -> b.concat(List.of(small, small), 2, image));
    uses.put("resample", () -> b.resample(Interpolation.NEAREST, image, matrix));
    uses.put("resampleBackward", () -> b.resampleBackward(Interpolation.NEAREST, image, matrix));
    uses.put("warp", () -> b.warp(affine, matrix, image));
    uses.put("warpBackward", () -> b.warpBackward(affine, matrix, image));
    uses.put("adam", () -> b.adam(step, small, image, image, image));
    SoftAssertions each = new SoftAssertions();
    uses.forEach(
        (operation, use) ->
            each.assertThatThrownBy(use::run)
                .as(operation)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(operation + ": "));
    held.forEach(b::release);
    each.assertAll();
  }

  @Test
  default void closingFreesWhatIsHeldAndIsIdempotent() {
    Backend b = another();
    Buffer held = b.alloc(Shape.of(100));
    Buffer frozen = b.alloc(Shape.of(100));
    b.fill(frozen, 1);
    b.freeze(frozen);
    b.close();
    b.close();
    assertThat(b.liveBytes()).isZero();
    assertThatThrownBy(() -> b.alloc(Shape.of(1))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> b.fill(held, 1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  default void aBackendSaysWhatItIsInOneLine() {
    assertThat(comparison().backend.name()).matches("[a-z]+");
    assertThat(comparison().backend.description()).isNotBlank().doesNotContain("\n");
  }
}
