package dev.vitrine.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.vitrine.engine.backend.Binary;
import dev.vitrine.engine.backend.Unary;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The benchmark of a card runs to its end on the CPU, where its figures mean nothing. */
final class GpuBenchTest {

  private static List<BenchLine> run(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int exit = GpuBench.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), arguments);
    assertThat(exit).isZero();
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .map(BenchLine::parse)
        .flatMap(Optional::stream)
        .toList();
  }

  private static List<BenchLine> vgg16(String batches) {
    return run("vgg16", "--tiny", "--device", "cpu", "--batch", batches).stream()
        .filter(l -> l.topic().equals("vgg16"))
        .toList();
  }

  @Test
  void everyKernelHasALineWithItsBandwidth() {
    List<BenchLine> lines = run("kernels", "--tiny", "--device", "cpu");
    List<String> names =
        lines.stream().filter(l -> l.topic().equals("kernel")).map(l -> l.text("name")).toList();
    assertThat(names).doesNotHaveDuplicates();
    assertThat(names)
        .contains("adam", "softmax", "max_pool_backward_3x3", "warp_backward", "sum_of_pixels");
    assertThat(names)
        .containsAll(
            Stream.concat(Stream.of(Unary.values()), Stream.of(Binary.values()))
                .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                .toList());
    assertThat(lines.stream().filter(l -> l.topic().equals("kernel")))
        .allSatisfy(
            l -> {
              assertThat(l.ok()).isTrue();
              assertThat(l.number("gbs")).isPositive();
            });
    BenchLine relu =
        lines.stream().filter(l -> l.text("name").equals("relu")).findFirst().orElseThrow();
    double bytes = relu.number("gbs") * relu.number("ms") * 1e6;
    assertThat(bytes).as("8 KB read and written").isCloseTo(2 * 8192, withinPercentage(5));
  }

  @Test
  void nothingIsBegunWhenTheTimeIsUp() {
    List<BenchLine> lines = run("kernels", "--tiny", "--device", "cpu", "--seconds", "-1");
    assertThat(lines.stream().filter(l -> l.topic().equals("kernel")))
        .isNotEmpty()
        .allMatch(l -> l.verdict().equals("skipped"));
  }

  /** The numbers are what vgg16_pytorch.py --tiny --device cpu prints with PyTorch 2.13. */
  @Test
  void theNetworkIsPyTorchsInEveryModeAndBatch() {
    List<BenchLine> lines = vgg16("1,2");
    assertThat(lines).hasSize(8);
    for (BenchLine line : lines) {
      assertThat(line.number("logits")).as("%s", line).isCloseTo(1.46046e3, within(0.02));
      if (line.text("pass").equals("gradient")) {
        assertThat(line.number("gradient")).as("%s", line).isCloseTo(0.399407, within(1e-5));
      }
    }
  }

  @Test
  void aCardThatIsNotThereIsOneLineAndAnExitCode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    assertThat(GpuBench.run(out, "card", "--device", "cuda:99")).isEqualTo(1);
    assertThat(bytes.toString(StandardCharsets.UTF_8)).isEmpty();
  }
}
