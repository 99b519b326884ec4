package dev.vitrine.viz.cli;

import static dev.vitrine.viz.cli.Console.sample;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a command took on the device it has given back before it closes the device. */
final class ReleasedMemoryTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "0, predict",
    "0, explain",
    "0, attribute --method guided",
    "0, attribute --method deconvnet",
    "0, cam --layer conv_1_1 --layer conv_2_2",
    "1, attribute --class nosuchclass",
    "1, attribute --unit conv_1_1:99",
    "1, attribute --unit nosuchlayer:0",
    "1, cam --layer nosuchlayer",
    "1, cam --out /dev/null/nowhere",
    "2, attribute --target nothing",
  })
  void aCommandLeavesNoLiveBytes(int exit, String command) {
    WatchedProvider.OPENED.clear();
    List<Object> words = new ArrayList<>(List.of((Object[]) command.split(" ")));
    words.addAll(List.of(sample("coffee"), "--model", "tiny_vgg", "--device", "watched"));
    if (!words.contains("--out")) {
      words.addAll(List.of("--out", folder));
    }
    Console console = Console.run(words.toArray());

    assertThat(console.exit()).as(console.err()).isEqualTo(exit);
    assertThat(WatchedProvider.OPENED)
        .singleElement()
        .satisfies(
            watch -> {
              assertThat(watch.mostLiveBytes).as("live while running").isGreaterThan(10_000);
              assertThat(watch.liveBytesAtClose).as("live when closed, -1: never").isZero();
            });
  }
}
