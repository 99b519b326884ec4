package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AlgorithmFileTest {
  @TempDir private Path folder;

  private AlgorithmFile open() {
    return new AlgorithmFile(Optional.of(folder.resolve("cards").resolve("card.txt")));
  }

  @Test
  void aChoiceIsThereForTheNextProcess() {
    AlgorithmFile file = open();
    assertThat(file.find("FORWARD x [1, 2]")).isEmpty();
    file.put("FORWARD x [1, 2]", 6);
    file.put("BACKWARD_DATA x [1, 2]", AlgorithmFile.NONE);
    assertThat(open().find("FORWARD x [1, 2]")).contains(6);
    assertThat(open().find("BACKWARD_DATA x [1, 2]")).contains(AlgorithmFile.NONE);
    assertThat(open().find("FORWARD x [1, 3]")).isEmpty();
  }

  @Test
  void twoProcessesKeepEachOthersChoices() {
    AlgorithmFile one = open();
    AlgorithmFile other = open();
    one.put("a", 1);
    other.put("b", 2);
    assertThat(open().find("a")).contains(1);
    assertThat(open().find("b")).contains(2);
  }

  @Test
  void aChoiceThatDoesNotServeIsReplacedUnlessAnotherProcessHasDoneSo() {
    open().put("a", 1);
    AlgorithmFile one = open();
    AlgorithmFile other = open();
    one.put("a", 2);
    other.put("a", 3);
    assertThat(open().find("a")).contains(2);
  }

  @Test
  void thatThereIsNoAlgorithmIsKeptOnlyWhereTheWorkspaceWasFull() {
    assertThat(Convolutions.isWorthKeeping(AlgorithmFile.NONE, 1L << 30)).isTrue();
    assertThat(Convolutions.isWorthKeeping(AlgorithmFile.NONE, 1L << 29)).isFalse();
    assertThat(Convolutions.isWorthKeeping(3, 1L << 20)).isTrue();
  }

  @Test
  void aLineThatMakesNoSenseIsNoChoice() throws IOException {
    Path file = folder.resolve("cards").resolve("card.txt");
    Files.createDirectories(file.getParent());
    Files.write(file, List.of("a = 1", "b = one", "c", "d = 99999999999", "= 3", "e = 5"));
    AlgorithmFile read = open();
    assertThat(read.find("a")).contains(1);
    assertThat(read.find("b")).isEmpty();
    assertThat(read.find("d")).isEmpty();
    assertThat(read.find("e")).contains(5);
  }

  @Test
  void anAlgorithmThatIsNotAlwaysDeterministicIsNoChoice() {
    AlgorithmChoice jumpy = new AlgorithmChoice(3, false, 0, 1);
    AlgorithmChoice inTf32 = new AlgorithmChoice(1, true, 100, 2);
    AlgorithmChoice large = new AlgorithmChoice(6, true, 1000, 3);
    AlgorithmChoice inFloat32 = new AlgorithmChoice(1, true, 0, 4);
    AlgorithmChoice atTimesJumpy = new AlgorithmChoice(6, false, 0, 5);
    assertThat(Convolutions.deterministic(List.of(jumpy, inTf32, large, inFloat32, atTimesJumpy)))
        .containsExactly(1);
  }

  @Test
  void theFastestAlgorithmThatWorksIsChosen() {
    double[] times = {4, 2, Double.POSITIVE_INFINITY, 2};
    assertThat(Convolutions.fastest(List.of(0, 1, 2, 3), a -> times[a])).isEqualTo(1);
    assertThat(Convolutions.fastest(List.of(2), a -> times[a])).isEqualTo(AlgorithmFile.NONE);
  }
}
