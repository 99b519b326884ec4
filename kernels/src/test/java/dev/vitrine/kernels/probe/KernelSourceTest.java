package dev.vitrine.kernels.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vitrine.kernels.device.KernelSource;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KernelSourceTest {
  private static final Path KERNELS = Path.of("src/main/resources/dev/vitrine/kernels");

  static List<String> kernels() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files.map(f -> f.getFileName().toString()).filter(f -> f.endsWith(".cu")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void nvccCompilesEveryKernel(String name, @TempDir Path folder)
      throws IOException, InterruptedException {
    boolean nvcc =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, "nvcc")));
    assumeTrue(nvcc, "nvcc is not on the PATH: kernels are not compiled here");
    Process process =
        new ProcessBuilder(
                "nvcc",
                "--ptx",
                "-Werror=all-warnings",
                "-arch=compute_75",
                "-o",
                folder.resolve("out.ptx").toString(),
                KERNELS.resolve(name).toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void aKernelIsReadFromTheClassPath() throws IOException {
    assertThat(KernelSource.of("relu.cu").text())
        .contains("extern \"C\" __global__ void relu_forward(")
        .contains("extern \"C\" __global__ void relu_backward(");
  }

  @Test
  void theReluChecksSeeAWrongBit() {
    float[] x = {-1, 2, Float.NaN, -0f, 0f};
    assertThat(
            ReluSection.mismatches(x, new float[] {0, 2, Float.NaN, 0, 0}, ReluSection.Change.RELU))
        .isZero();
    assertThat(ReluSection.mismatches(x, new float[] {0, 2, 0, -0f, 0}, ReluSection.Change.RELU))
        .isEqualTo(2);
    assertThat(ReluSection.mismatches(x, new float[] {0, 2, 0, 0, 0}, ReluSection.Change.POSITIVE))
        .isZero();
  }
}
