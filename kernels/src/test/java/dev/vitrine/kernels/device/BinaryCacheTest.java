package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BinaryCacheTest {
  private static final KernelSource SOURCE =
      new KernelSource("a.cu", "#include \"b.cuh\"", Map.of("b.cuh", "int b;"));

  @TempDir private Path folder;
  private BinaryCache cache;
  private int compilations;

  @BeforeEach
  void open() {
    cache = new BinaryCache(Optional.of(folder.resolve("kernels")));
  }

  private byte[] ask(KernelSource source, String architecture, String version) {
    return cache
        .binary(
            source,
            architecture,
            version,
            () -> {
              compilations++;
              return new KernelSource.Binary(new byte[] {1, 2, 3, (byte) compilations}, "sm_90");
            })
        .bytes();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("kernels"))) {
      return all.toList();
    }
  }

  @Test
  void aKernelIsCompiledOnce() throws IOException {
    byte[] first = ask(SOURCE, "sm_90", "12.6");
    assertThat(ask(SOURCE, "sm_90", "12.6")).isEqualTo(first);
    assertThat(compilations).isEqualTo(1);
    assertThat(files()).hasSize(1);
  }

  @Test
  void anotherTextHeaderArchitectureOrCompilerIsAnotherKernel() {
    ask(SOURCE, "sm_90", "12.6");
    ask(new KernelSource("a.cu", "int c;", SOURCE.headers()), "sm_90", "12.6");
    ask(new KernelSource("a.cu", SOURCE.text(), Map.of("b.cuh", "int c;")), "sm_90", "12.6");
    ask(new KernelSource("c.cu", SOURCE.text(), SOURCE.headers()), "sm_90", "12.6");
    ask(SOURCE, "sm_80", "12.6");
    ask(SOURCE, "sm_90", "13.0");
    assertThat(compilations).isEqualTo(6);
  }

  @Test
  void aDamagedFileIsCompiledAnew() throws IOException {
    ask(SOURCE, "sm_90", "12.6");
    Path file = files().get(0);
    byte[] contents = Files.readAllBytes(file);
    contents[contents.length - 1] ^= 1;
    Files.write(file, contents);
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 2);
    Files.write(file, new byte[5]);
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 3);
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 3);
  }

  @Test
  void whereNothingCanBeWrittenEveryProcessCompiles() throws IOException {
    Files.writeString(folder.resolve("kernels"), "a file where the folder should be");
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 1);
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 2);
    cache = new BinaryCache(Optional.empty());
    assertThat(ask(SOURCE, "sm_90", "12.6")).containsExactly(1, 2, 3, 3);
  }
}
