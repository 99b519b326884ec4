package dev.vitrine.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CudaLibrariesTest {
  @Test
  void librariesAreLoadedInTheOrderOfTheirNeeds(@TempDir Path folder) throws IOException {
    for (String name :
        new String[] {
          "libcudnn.so.9", "libcudnn_ops.so.9", "libcublas.so.13", "libcublas.so.13.1.0",
          "libcublasLt.so.13", "libnvrtc.so.13", "libnvrtc-builtins.so.13.0", "libcufft.so.12"
        }) {
      Files.createFile(folder.resolve(name));
    }
    assertThat(CudaLibraries.in(folder))
        .extracting(path -> path.getFileName().toString())
        .containsExactly(
            "libcublasLt.so.13",
            "libcublas.so.13",
            "libnvrtc-builtins.so.13.0",
            "libnvrtc.so.13",
            "libcudnn.so.9");
  }
}
