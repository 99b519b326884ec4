package dev.vitrine.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.vitrine.engine.Scope;
import dev.vitrine.engine.Shape;
import dev.vitrine.engine.Tensor;
import dev.vitrine.engine.backend.Backend;
import dev.vitrine.engine.backend.Backends;
import dev.vitrine.engine.network.Listen;
import dev.vitrine.engine.network.Network;
import dev.vitrine.engine.network.Run;
import dev.vitrine.weights.image.Preprocessing;
import dev.vitrine.weights.keras.WeightsFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Model} says it holds, on VGG16 without its top, with weights made up. */
class Vgg16MemoryTest {
  private static final long WEIGHTS = 4L * 14_714_688;

  /** Blocks 1 to 3 in Winograd's form; the images of the others are too small, or the channels. */
  private static final long WINOGRAD =
      4L * 36 * (64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 2 * 256 * 256);

  /** Blocks come in four sizes to each power of two. */
  private static final double ROUNDED = 1.15;

  @Test
  void weightsAreHeldOnceAndTwiceWhereGradientsRun(@TempDir Path folder) {
    WeightsFile weights = WeightsFile.ofConvolutions(64);
    Path path = weights.write(folder.resolve("weights.h5"));
    try (Backend backend = Backends.open("cpu", false, line -> {})) {
      assumeTrue(backend.name().equals("onednn"), "other backends pack nothing");
      long before = allocatedOnHeap();
      try (Model model = Models.open(path.toString(), backend, Overrides.NONE)) {
        assertThat(allocatedOnHeap() - before).as("bytes allocated").isLessThan(WEIGHTS / 2);
        assertThat(model.network().parameterCount()).isEqualTo(14_714_688);
        assertThat(model.inputSize()).containsExactly(0, 0);
        assertThat(model.hasClasses()).isFalse();
        assertThat(model.labels()).isEmpty();
        assertThat(model.preprocessing()).isEqualTo(Preprocessing.CAFFE);
        assertThat((double) backend.liveBytes()).isBetween(1.0 * WEIGHTS, ROUNDED * WEIGHTS);

        forward(model.network(), Listen.toOutput());
        assertThat((double) backend.liveBytes())
            .as("packed")
            .isBetween(1.0 * WEIGHTS + WINOGRAD, ROUNDED * (WEIGHTS + WINOGRAD));

        forward(model.network(), Listen.toOutput().withGradients());
        long both = backend.liveBytes();
        assertThat((double) both)
            .as("turned")
            .isBetween(1.8 * WEIGHTS + 2 * WINOGRAD, ROUNDED * (2 * WEIGHTS + 2 * WINOGRAD));
        forward(model.network(), Listen.toOutput().withGradients());
        assertThat(backend.liveBytes()).isEqualTo(both);

        assertKernel(model.network(), (float[][][][]) weights.array("block5_conv3", 0));
        assertThat(backend.liveBytes()).as("after a look at a packed one").isEqualTo(both);
      }
      assertThat(backend.liveBytes()).isZero();
    }
  }

  private static void forward(Network network, Listen listen) {
    float[] grey = new float[64 * 64 * 3];
    Arrays.fill(grey, 0.5f);
    try (Scope scope = new Scope(network.backend())) {
      Tensor x = scope.of(Shape.of(1, 64, 64, 3), grey);
      try (Run run = network.forward(x, listen)) {
        float[] output = run.output().toFloats();
        assertThat(output).hasSize(2 * 2 * 512);
        if (listen.gradients()) {
          Map<Tensor, Tensor> seed = Map.of(run.output(), scope.of(Shape.of(1, 2, 2, 512), output));
          assertThat(run.backward(seed, List.of(x)).at(x).toFloats()).isNotEqualTo(grey);
        }
      }
    }
  }

  private static void assertKernel(Network network, float[][][][] expected) {
    float[] found =
        network.parameters().stream()
            .filter(p -> p.name().equals("block5_conv3/kernel"))
            .findFirst()
            .orElseThrow()
            .value()
            .toFloats();
    int at = 0;
    for (float[][][] row : expected) {
      for (float[][] position : row) {
        for (float[] input : position) {
          assertThat(Arrays.equals(found, at, at + 512, input, 0, 512)).as("%d", at).isTrue();
          at += 512;
        }
      }
    }
  }

  /** By this thread; unlike the heap's use it does not depend on when the collector runs. */
  private static long allocatedOnHeap() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
  }
}
