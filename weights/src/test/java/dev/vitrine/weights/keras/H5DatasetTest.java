package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.weights.BadInputException;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers are read in slices, from where they lie in the file. */
class H5DatasetTest {
  private static final float[] SIX = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f};

  @ParameterizedTest
  @ValueSource(strings = {"f4_little", "f4_big", "f8_little", "f8_big", "in_chunks"})
  void numbersAreTheSameHoweverTheyAreStored(String name) throws IOException {
    // The file begins with 512 bytes that belong to its user: addresses count from after them.
    Path path = OnReference.file("numbers.h5");
    try (H5File onDisk = H5File.open(path);
        H5File inMemory = H5File.of("numbers.h5", Files.readAllBytes(path))) {
      for (H5File file : new H5File[] {onDisk, inMemory}) {
        assertThat(all(file, name)).containsExactly(SIX);
        Place place = new Place(SIX.length);
        load(file.dataset(name).orElseThrow(), place);
        assertThat(place.numbers()).containsExactly(SIX);
      }
    }
  }

  @Test
  void anArrayOfManySlicesIsWhole(@TempDir Path folder) {
    float[] numbers = counted(300_001);
    Path path = write(folder, numbers);
    try (H5File file = H5File.open(path)) {
      // Where they differ, and not a comparison of all with all.
      assertThat(Arrays.mismatch(all(file, "numbers"), numbers)).isEqualTo(-1);
    }
  }

  @Test
  void aNumberThatIsNotFiniteIsNamedByItsPlaceInTheWholeArray(@TempDir Path folder) {
    float[] numbers = counted(300_001);
    numbers[299_999] = Float.NEGATIVE_INFINITY;
    Path path = write(folder, numbers);
    try (H5File file = H5File.open(path)) {
      assertThatThrownBy(() -> all(file, "numbers"))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("large.h5: dataset numbers number 299999 is -Infinity");
    }
  }

  @Test
  void aFileThatIsCutWhileItIsReadIsRefused(@TempDir Path folder) throws IOException {
    Path path = write(folder, counted(9_000_000)); // more than is held in memory
    try (H5File file = H5File.open(path)) {
      H5Dataset dataset = file.dataset("numbers").orElseThrow();
      assertThatThrownBy(
              () ->
                  dataset.read(
                      (from, values, count) -> {
                        if (from == 0) {
                          cut(path);
                        }
                      }))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("numbers cannot be read (the file ends within it)");
    }
  }

  @Test
  void severalThreadsReadEveryNumberOnce(@TempDir Path folder) {
    int size = 9_000_001;
    try (H5File file = H5File.open(write(folder, counted(size)))) {
      Place place = new Place(size);
      AtomicInteger asked = new AtomicInteger();
      load(
          file.dataset("numbers").orElseThrow(),
          (from, count) -> {
            asked.addAndGet(count);
            return place.of(from, count);
          });
      assertThat(asked.get()).isEqualTo(size);
      assertThat(Arrays.mismatch(place.numbers(), counted(size))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 255, 256, 1023, 1024, 131_071, 131_072, 1_048_576, 9_000_000, 9_000_002})
  void aNumberThatIsNotFiniteIsFoundWhereverItLies(int place, @TempDir Path folder) {
    float[] numbers = counted(9_000_003);
    numbers[place] = Float.NaN;
    try (H5File file = H5File.open(write(folder, numbers))) {
      H5Dataset dataset = file.dataset("numbers").orElseThrow();
      assertThatThrownBy(() -> load(dataset, new Place(numbers.length)))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("large.h5: dataset numbers number " + place + " is NaN");
    }
  }

  @Test
  void whoeverHasNoPlaceIsNotBlamedOnTheFile(@TempDir Path folder) {
    try (H5File file = H5File.open(write(folder, counted(300_001)))) {
      H5Dataset dataset = file.dataset("numbers").orElseThrow();
      assertThatThrownBy(
              () ->
                  load(
                      dataset,
                      (from, count) -> {
                        throw new IllegalStateException("no memory on the card");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aFileThatIsCutWhileItIsReadIntoMemoryIsRefused(@TempDir Path folder) {
    Path path = write(folder, counted(9_000_000));
    Place place = new Place(9_000_000);
    try (H5File file = H5File.open(path)) {
      H5Dataset dataset = file.dataset("numbers").orElseThrow();
      assertThatThrownBy(
              () ->
                  load(
                      dataset,
                      (from, count) -> {
                        cut(path);
                        return place.of(from, count);
                      }))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("numbers cannot be read (the file ends within it)");
    }
  }

  @Test
  void whoeverTakesTheNumbersIsNotBlamedOnTheFile() {
    try (H5File file = H5File.open(OnReference.file("numbers.h5"))) {
      H5Dataset dataset = file.dataset("f4_little").orElseThrow();
      assertThatThrownBy(
              () ->
                  dataset.read(
                      (from, values, count) -> {
                        throw new IllegalStateException("no memory on the card");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  /** Memory for some numbers, outside of Java's heap as a backend's is. */
  private static final class Place implements StoredArray.Memory {
    private final ByteBuffer bytes;

    Place(int size) {
      bytes = ByteBuffer.allocateDirect(4 * size).order(ByteOrder.nativeOrder());
    }

    @Override
    public ByteBuffer of(long from, int count) {
      return bytes.slice(4 * (int) from, 4 * count).order(ByteOrder.nativeOrder());
    }

    float[] numbers() {
      float[] numbers = new float[bytes.capacity() / 4];
      bytes.asFloatBuffer().get(numbers);
      return numbers;
    }
  }

  private static void load(H5Dataset dataset, StoredArray.Memory memory) {
    try (Loading loading = new Loading()) {
      loading.add(dataset.readInto(memory));
      loading.finish();
    }
  }

  private static float[] all(H5File file, String name) {
    H5Dataset dataset = file.dataset(name).orElseThrow();
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(4 * dataset.shape().size()));
    dataset.read(
        (from, values, count) -> {
          assertThat(all.position()).isEqualTo(4 * from);
          for (int i = 0; i < count; i++) {
            all.putFloat(values[i]);
          }
          Arrays.fill(values, Float.NaN); // the next slice must overwrite it
        });
    assertThat(all.hasRemaining()).isFalse();
    float[] numbers = new float[all.capacity() / 4];
    all.flip().asFloatBuffer().get(numbers);
    return numbers;
  }

  private static float[] counted(int size) {
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = i / 8f;
    }
    return numbers;
  }

  private static Path write(Path folder, float[] numbers) {
    Path path = folder.resolve("large.h5");
    try (WritableHdfFile file = HdfFile.write(path)) {
      file.putDataset("numbers", numbers);
    }
    return path;
  }

  private static void cut(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(4 * 250_000);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
