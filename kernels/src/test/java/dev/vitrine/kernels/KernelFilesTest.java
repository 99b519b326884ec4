package dev.vitrine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.vitrine.engine.backend.BackendException;
import dev.vitrine.kernels.device.CudaLibraries;
import dev.vitrine.kernels.device.KernelArguments;
import dev.vitrine.kernels.device.KernelSource;
import dev.vitrine.kernels.device.Launch;
import dev.vitrine.kernels.played.PlayedDevice;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every {@code .cu} file. */
final class KernelFilesTest {
  private static final Path KERNELS = Path.of("src/main/resources/dev/vitrine/kernels");

  private static final Pattern KERNEL =
      Pattern.compile("extern \"C\" __global__ void (\\w+)\\(([^)]*)\\)");

  /** The sizes of the structures that kernels take, in bytes. */
  private static final Map<String, Integer> STRUCTURES =
      Map.of(
          "Axes", 164,
          "Betas", 16,
          "Divisor", 12,
          "Extents", 32,
          "Groups", 24,
          "Image", 44,
          "Strides", 16,
          "Window", 64,
          "Affine", 24,
          "Step", 28);

  /** Those whose work does not depend on a size, or that divide by one. */
  private static final Set<String> NEVER_EMPTY =
      Set.of("adam_corrections", "adam_next_corrections", "reduce");

  private static final Optional<String> NVRTC = loadNvrtc();

  static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files.filter(f -> f.toString().endsWith(".cu")).sorted().toList();
    }
  }

  /** The oldest cards that CUDA 12 and 13 both know, and data centres' of today. */
  @ParameterizedTest
  @MethodSource("files")
  void nvccCompilesEveryFileForOldAndNewCards(Path file, @TempDir Path folder)
      throws IOException, InterruptedException {
    boolean nvcc =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(dir -> Files.isExecutable(Path.of(dir, "nvcc")));
    assumeTrue(nvcc, "nvcc is not on the PATH: kernels are not compiled for cards here");
    Process process =
        new ProcessBuilder(
                "nvcc",
                "--fatbin",
                "-Werror=all-warnings",
                "-gencode=arch=compute_75,code=compute_75",
                "-gencode=arch=compute_90,code=compute_90",
                "-o",
                folder.resolve("kernels").toString(),
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** What the backend itself does on a card, here for two that need not be there. */
  @ParameterizedTest
  @MethodSource("files")
  void nvrtcCompilesEveryFileForOldAndNewCards(Path file) {
    assumeTrue(
        NVRTC.isEmpty(),
        () -> "NVRTC is not found (VITRINE_CUDA names its folder), kernels are not compiled by it");
    KernelSource source = KernelSource.of(file.getFileName().toString());
    for (int capability : new int[] {75, 90}) {
      byte[] ptx = source.compile("compute_" + capability).bytes();
      assertThat(new String(ptx, StandardCharsets.UTF_8)).contains(".target sm_" + capability);
    }
  }

  /** Why NVRTC cannot be asked, or nothing. */
  private static Optional<String> loadNvrtc() {
    try {
      List<Path> folders = CudaLibraries.folders(System.getenv("VITRINE_CUDA"));
      for (Path library : CudaLibraries.find(folders, Path.of("target", "cuda-libraries"))) {
        if (library.getFileName().toString().startsWith("libnvrtc")) {
          System.load(library.toAbsolutePath().toString());
        }
      }
      KernelSource.compilerVersion();
      return Optional.empty();
    } catch (LinkageError | BackendException | IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Test
  void aLaunchOverNothingTouchesNothing() throws IOException {
    try (PlayedDevice device = new PlayedDevice()) {
      long nothing = device.allocate(0);
      for (Path file : files()) {
        Matcher kernel = KERNEL.matcher(Files.readString(file));
        while (kernel.find()) {
          if (!NEVER_EMPTY.contains(kernel.group(1))) {
            KernelArguments arguments = arguments(kernel.group(2), nothing);
            String name = file.getFileName().toString().replace(".cu", "");
            device.launch(new Launch(name, kernel.group(1), 2, 64, 0, arguments));
          }
        }
      }
    }
  }

  /** Zeros, but for the addresses of an array of no bytes. */
  private static KernelArguments arguments(String parameters, long nothing) {
    KernelArguments arguments = new KernelArguments();
    for (String parameter : parameters.split(",")) {
      String type = parameter.strip().replaceFirst("\\s*\\w+$", "");
      if (type.contains("*")) {
        arguments.pointer(nothing);
      } else {
        switch (type) {
          case "int" -> arguments.int32(0);
          case "float" -> arguments.float32(0);
          case "long long" -> arguments.int64(0);
          default -> arguments.struct(new byte[STRUCTURES.get(type)]);
        }
      }
    }
    return arguments;
  }
}
