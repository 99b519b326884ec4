package dev.vitrine.weights.keras;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vitrine.engine.Shape;
import dev.vitrine.weights.BadInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Chunks give the numbers that were put into them, and never more bytes than the array has. */
class H5ChunksTest {
  @ParameterizedTest
  @ValueSource(strings = {"plain", "uneven", "gzip", "shuffled", "grown", "big_endian", "compact"})
  void numbersAreTheSameHoweverTheyAreCutUpAndPacked(String name) {
    try (H5File file = open()) {
      H5Dataset dataset = file.dataset(name).orElseThrow();
      assertThat(dataset.shape()).isEqualTo(Shape.of(5, 7, 3));
      float[] read = new float[5 * 7 * 3];
      dataset.read((from, values, count) -> System.arraycopy(values, 0, read, (int) from, count));
      for (int i = 0; i < read.length; i++) {
        assertThat(read[i]).as("number %d", i).isEqualTo(i);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bomb       | bomb cannot be read (a chunk inflates to more, expected 420)
          short      | short cannot be read (a chunk inflates to 416 bytes, expected 420)
          cut        | bytes, expected 420)
          garbled    | garbled cannot be read (a chunk cannot be inflated:
          vast       | vast cannot be read (it declares chunks of 1260000000 bytes, itself 420)
          unfinished | unfinished cannot be read (No chunk with offset [1, 0, 0]
          lzf        | lzf is packed with lzf, expected gzip; 'h5repack -f GZIP=9
          summed     | summed is packed with fletcher32, expected gzip; 'h5repack -f GZIP=9
          scaled     | scaled is packed with what is not known here (A required filter
          """)
  void aChunkThatIsNotWhatTheArrayDeclaresIsRefused(String name, String found) {
    try (H5File file = open()) {
      H5Dataset dataset = file.dataset(name).orElseThrow();
      assertThatThrownBy(() -> dataset.read((from, values, count) -> {}))
          .isInstanceOf(BadInputException.class)
          .hasMessageStartingWith("chunks.h5: ")
          .hasMessageContaining(found);
    }
  }

  private static H5File open() {
    return H5File.open(OnReference.file("chunks.h5"));
  }
}
